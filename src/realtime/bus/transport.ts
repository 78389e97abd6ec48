/** What a line tells whoever opened it. */
export interface LineEvents {
  receive(payload: string): void;
  /** It carries nothing any more. May be told more than once. */
  cut(error: unknown): void;
}

/** One connection with all processes, for its whole life; after it comes another one. */
export interface Line {
  /** Resolves when what is sent by anybody is received here; rejects when that cannot be. */
  opened: Promise<void>;
  /** Resolves when the payloads are on their way to every process, this one too, in order. */
  send(payloads: string[]): Promise<void>;
  /** Ends it at once, whatever it is doing. */
  end(): void;
}

/** Begins to open a line. */
export type Carrier = (events: LineEvents) => Line;

/** The way between the processes can never carry hints as it is set up; the message says the remedy. */
export class UnsupportedTransportError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsupportedTransportError';
  }
}
