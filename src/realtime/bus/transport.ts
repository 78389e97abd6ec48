/** Callbacks of a connection. */
export interface BusConnectionEvents {
  receive(payload: string): void;
  /** The connection is unusable from now on. May be called more than once. */
  fail(error: unknown): void;
}

/** One connection to all processes. It is never repaired: after a failure the bus opens another. */
export interface BusConnection {
  /** Resolves once messages from all processes are received here; rejects if that is impossible. */
  opened: Promise<void>;
  /** Resolves when the payloads are on their way to every process, including this one, in order. */
  send(payloads: string[]): Promise<void>;
  /** Closes it at once, whatever it is doing. */
  end(): void;
}

/** Starts to open a connection. */
export type Transport = (events: BusConnectionEvents) => BusConnection;

/** Hints can never arrive with this configuration; the message says the remedy. */
export class UnsupportedTransportError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsupportedTransportError';
  }
}
