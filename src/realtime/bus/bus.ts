import { setTimeout as after } from 'node:timers/promises';
import { withTimeout } from '../../lib/with-timeout.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Hint } from './message.ts';
import type { Bus, BusListener, BusTiming } from './index.ts';
import { UnsupportedTransportError, type Carrier, type Line } from './transport.ts';
import { beatOf, pack, parseMessage } from './codec.ts';
import { Outbox } from './send-queue.ts';

/** Opens one line after the other, and sends and hears hints as long as each of them proves that it carries. */
export class HintBus implements Bus {
  readonly #carrier: Carrier;
  readonly #processId: string;
  readonly #listener: BusListener;
  readonly #log: Logger;
  readonly #timing: BusTiming;
  readonly #outbox = new Outbox();
  /** Of the line or the pause that is now. */
  #life = new AbortController();
  /** Null while cut off. */
  #line: Line | null = null;
  #sending: Promise<void> | null = null;
  #beat = 0;
  #echo: (beat: number) => void = () => undefined;
  #told = new Set<string>();
  #closed = false;
  readonly #kept: Promise<void>;
  #firstTried: () => void = () => undefined;
  /** Resolves when the first line is open or has failed. */
  readonly firstTry = new Promise<void>((resolve) => {
    this.#firstTried = resolve;
  });

  constructor(carrier: Carrier, processId: string, listener: BusListener, log: Logger, timing: BusTiming) {
    this.#carrier = carrier;
    this.#processId = processId;
    this.#listener = listener;
    this.#log = log;
    this.#timing = timing;
    this.#kept = this.#keep();
  }

  send(hint: Hint): void {
    if (!this.#line) return;
    this.#outbox.add(hint);
    this.#sending ??= this.#sendAll(this.#line);
  }

  async close(): Promise<void> {
    if (this.#sending) await withTimeout(this.#sending, this.#timing.closeMs).catch(() => undefined);
    this.#closed = true;
    this.#life.abort(new Error('the bus is closed'));
    await this.#kept;
  }

  async #keep(): Promise<void> {
    for (let failed = 0; !this.#closed; failed += 1) {
      try {
        await this.#hold(() => {
          failed = 0;
        });
      } catch (error) {
        this.#tell(error);
        this.#firstTried();
        await this.#pause(failed, error);
      }
    }
  }

  /** Opens a line and holds it until it is cut. */
  async #hold(onOpen: () => void): Promise<never> {
    const { signal } = this.#life;
    const line = this.#carrier({
      receive: (payload) => {
        this.#receive(payload);
      },
      cut: (error) => {
        this.#cut(signal, error);
      },
    });
    try {
      await withTimeout(line.opened, this.#timing.openMs, signal);
      await this.#prove(line, signal);
      this.#opened(line);
      onOpen();
      for (;;) {
        await after(this.#timing.beatMs, undefined, { signal, ref: false }).catch(() => {
          signal.throwIfAborted();
        });
        await this.#prove(line, signal);
      }
    } finally {
      this.#line = null;
      this.#outbox.take();
      line.end();
    }
  }

  /** What was sent comes back: only that tells of a connection that is dead without having ended. */
  async #prove(line: Line, signal: AbortSignal): Promise<void> {
    const beat = (this.#beat += 1);
    const echo = new Promise<void>((resolve) => {
      this.#echo = (heard) => {
        if (heard === beat) resolve();
      };
    });
    await withTimeout(Promise.all([line.send([beatOf(this.#processId, beat)]), echo]), this.#timing.echoMs, signal);
  }

  #opened(line: Line): void {
    if (this.#told.size > 0) this.#log.info('the bus carries hints between processes again');
    this.#told.clear();
    this.#line = line;
    this.#firstTried();
    this.#conflictFields(() => {
      this.#listener.back();
    });
  }

  async #sendAll(line: Line): Promise<void> {
    const { signal } = this.#life;
    try {
      while (this.#line === line && !this.#outbox.empty) await line.send(pack(this.#processId, this.#outbox.take()));
    } catch (error) {
      this.#cut(signal, error);
    } finally {
      // Not a tick later: a hint in between would wait for a sending that looks no more.
      this.#sending = this.#line && !this.#outbox.empty ? this.#sendAll(this.#line) : null;
    }
  }

  #receive(payload: string): void {
    this.#conflictFields(() => {
      const message = parseMessage(payload, (why) => {
        this.#log.warn({ err: why }, 'a hint on the bus is none of ours');
      });
      const own = message.from === this.#processId;
      if ('beat' in message) {
        if (own) this.#echo(message.beat);
        return;
      }
      if (!own)
        for (const hint of message.hints)
          this.#conflictFields(() => {
            this.#listener.hear(hint);
          });
    });
  }

  /** Of this line only: the last one may still say that it has ended while the next is open. */
  #cut(signal: AbortSignal, error: unknown): void {
    if (this.#life.signal === signal) this.#life.abort(error);
  }

  async #pause(failed: number, error: unknown): Promise<void> {
    if (this.#closed) return;
    this.#life = new AbortController();
    const { firstPauseMs, longestPauseMs, unfitPauseMs } = this.#timing;
    const usual =
      error instanceof UnsupportedTransportError
        ? unfitPauseMs
        : Math.min(firstPauseMs * 2 ** Math.min(failed, 20), longestPauseMs);
    // Drawn, so that the processes that were cut off together do not all come back in the same moment.
    await after(usual * (0.5 + Math.random() / 2), undefined, { signal: this.#life.signal, ref: false }).catch(
      () => undefined,
    );
    if (!this.#closed) this.#life = new AbortController();
  }

  /** Once each, until it carries again. */
  #tell(error: unknown): void {
    const why =
      error instanceof UnsupportedTransportError
        ? error.message
        : 'the bus is cut off, so changes come a second late from other processes; it goes on trying';
    if (this.#closed || this.#told.has(why)) return;
    this.#told.add(why);
    if (error instanceof UnsupportedTransportError) this.#log.error(why);
    else this.#log.warn({ err: error }, why);
  }

  #conflictFields(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.warn({ err: error }, 'what came over the bus could not be followed');
    }
  }
}
