import { setTimeout as after } from 'node:timers/promises';
import { withTimeout } from '../../lib/with-timeout.ts';
import type { Logger } from '../../lib/logger.ts';
import { packHeartbeat, pack, parseMessage, type Hint, SendQueue } from './message.ts';

/** Sends hints to the other processes. */
export interface Bus {
  /** Never waits and never throws. Hints are dropped while disconnected; `onReconnect` makes up for them. */
  send(hint: Hint): void;
  /** Sends what is queued and closes the connections. */
  close(): Promise<void>;
}

export interface BusListener {
  /** A hint from another process. */
  onHint(hint: Hint): void;
  /** The bus is connected, for the first time or again: hints may have been missed. */
  onReconnect(): void;
}

/** Milliseconds. */
export interface BusTiming {
  /** Between two heartbeats, and how long the echo of one may take. */
  heartbeatMs: number;
  echoMs: number;
  openMs: number;
  minPauseMs: number;
  maxPauseMs: number;
  unsupportedPauseMs: number;
  /** How long startup waits for the connection, and close() for the queue. */
  startMs: number;
  closeMs: number;
}

/** Keeps one connection open at a time, and exchanges hints over it as long as its heartbeats come back. */
export class HintBus implements Bus {
  readonly #transport: Transport;
  readonly #processId: string;
  readonly #listener: BusListener;
  readonly #log: Logger;
  readonly #timing: BusTiming;
  readonly #queue = new SendQueue();
  /** Of the current connection or pause. */
  #abort = new AbortController();
  /** Null while disconnected. */
  #connection: BusConnection | null = null;
  #sending: Promise<void> | null = null;
  #heartbeat = 0;
  #echo: (heartbeat: number) => void = () => undefined;
  #reported = new Set<string>();
  #closed = false;
  readonly #running: Promise<void>;
  #firstAttempted: () => void = () => undefined;
  /** Resolves when the first connection is open or has failed. */
  readonly firstAttempt = new Promise<void>((resolve) => {
    this.#firstAttempted = resolve;
  });

  constructor(transport: Transport, processId: string, listener: BusListener, log: Logger, timing: BusTiming) {
    this.#transport = transport;
    this.#processId = processId;
    this.#listener = listener;
    this.#log = log;
    this.#timing = timing;
    this.#running = this.#run();
  }

  send(hint: Hint): void {
    if (!this.#connection) return;
    this.#queue.add(hint);
    this.#sending ??= this.#sendAll(this.#connection);
  }

  async close(): Promise<void> {
    if (this.#sending) await withTimeout(this.#sending, this.#timing.closeMs).catch(() => undefined);
    this.#closed = true;
    this.#abort.abort(new Error('bus closed'));
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let failed = 0; !this.#closed; failed += 1) {
      try {
        await this.#runConnection(() => {
          failed = 0;
        });
      } catch (error) {
        this.#reportError(error);
        this.#firstAttempted();
        await this.#pause(failed, error);
      }
    }
  }

  /** Opens a connection and keeps it until it fails. */
  async #runConnection(onOpen: () => void): Promise<never> {
    const { signal } = this.#abort;
    const connection = this.#transport({
      receive: (payload) => {
        this.#receive(payload);
      },
      fail: (error) => {
        this.#fail(signal, error);
      },
    });
    try {
      await withTimeout(connection.opened, this.#timing.openMs, signal);
      await this.#checkEcho(connection, signal);
      this.#opened(connection);
      onOpen();
      for (;;) {
        await after(this.#timing.heartbeatMs, undefined, { signal, ref: false }).catch(() => {
          signal.throwIfAborted();
        });
        await this.#checkEcho(connection, signal);
      }
    } finally {
      this.#connection = null;
      this.#queue.take();
      connection.end();
    }
  }

  /** Sends a heartbeat and waits for it to come back: the only way to notice a connection that died silently. */
  async #checkEcho(connection: BusConnection, signal: AbortSignal): Promise<void> {
    const heartbeat = (this.#heartbeat += 1);
    const echo = new Promise<void>((resolve) => {
      this.#echo = (received) => {
        if (received === heartbeat) resolve();
      };
    });
    await withTimeout(
      Promise.all([connection.send([packHeartbeat(this.#processId, heartbeat)]), echo]),
      this.#timing.echoMs,
      signal,
    );
  }

  #opened(connection: BusConnection): void {
    if (this.#reported.size > 0) this.#log.info('bus connected again');
    this.#reported.clear();
    this.#connection = connection;
    this.#firstAttempted();
    this.#catchErrors(() => {
      this.#listener.onReconnect();
    });
  }

  async #sendAll(connection: BusConnection): Promise<void> {
    const { signal } = this.#abort;
    try {
      while (this.#connection === connection && !this.#queue.empty)
        await connection.send(pack(this.#processId, this.#queue.take()));
    } catch (error) {
      this.#fail(signal, error);
    } finally {
      // Reset synchronously, or a hint arriving now would wait for a loop that has ended.
      this.#sending = this.#connection && !this.#queue.empty ? this.#sendAll(this.#connection) : null;
    }
  }

  #receive(payload: string): void {
    this.#catchErrors(() => {
      const message = parseMessage(payload, (why) => {
        this.#log.warn({ err: why }, 'invalid hint on the bus, ignored');
      });
      const own = message.from === this.#processId;
      if ('heartbeat' in message) {
        if (own) this.#echo(message.heartbeat);
        return;
      }
      if (!own)
        for (const hint of message.hints)
          this.#catchErrors(() => {
            this.#listener.onHint(hint);
          });
    });
  }

  /** Only for this connection: the previous one may still report its end while the next is open. */
  #fail(signal: AbortSignal, error: unknown): void {
    if (this.#abort.signal === signal) this.#abort.abort(error);
  }

  async #pause(failed: number, error: unknown): Promise<void> {
    if (this.#closed) return;
    this.#abort = new AbortController();
    const { minPauseMs, maxPauseMs, unsupportedPauseMs } = this.#timing;
    const base =
      error instanceof UnsupportedTransportError
        ? unsupportedPauseMs
        : Math.min(minPauseMs * 2 ** Math.min(failed, 20), maxPauseMs);
    // Jitter, so that processes which lost the connection together do not reconnect in the same moment.
    await after(base * (0.5 + Math.random() / 2), undefined, { signal: this.#abort.signal, ref: false }).catch(
      () => undefined,
    );
    if (!this.#closed) this.#abort = new AbortController();
  }

  /** Logs each message once until the bus is connected again. */
  #reportError(error: unknown): void {
    const message =
      error instanceof UnsupportedTransportError
        ? error.message
        : 'bus connection failed, changes by other processes arrive a second late; will retry';
    if (this.#closed || this.#reported.has(message)) return;
    this.#reported.add(message);
    if (error instanceof UnsupportedTransportError) this.#log.error(message);
    else this.#log.warn({ err: error }, message);
  }

  #catchErrors(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.warn({ err: error }, 'handling a bus message failed');
    }
  }
}

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
