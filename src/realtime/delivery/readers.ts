import type { Logger } from '../../lib/logger.ts';
import type { Positions } from '../../shared/events.ts';
import { FeedReader, type Outlet } from './reader.ts';

/** The readers of the feeds that have open tabs in this process: they come and go with the feeds' rooms. */
export class FeedReaders {
  readonly #outlet: Outlet;
  readonly #log: Logger;
  readonly #readers = new Map<number, FeedReader>();

  constructor(outlet: Outlet, log: Logger) {
    this.#outlet = outlet;
    this.#log = log;
  }

  get feedIds(): number[] {
    return [...this.#readers.keys()];
  }

  open(feedId: number): void {
    const reader = new FeedReader(feedId, this.#outlet);
    this.#readers.set(feedId, reader);
    this.#watch(reader, reader.base());
  }

  close(feedId: number): void {
    this.#readers.get(feedId)?.close();
    this.#readers.delete(feedId);
  }

  /** Rejects when one of the bases cannot be read now. Feeds that are not open here need none. */
  async bases(feedIds: number[]): Promise<void> {
    await Promise.all(feedIds.flatMap((feedId) => this.#readers.get(feedId)?.base() ?? []));
  }

  /** A feed that is not open here needs nothing. */
  wake(feedId: number): void {
    const reader = this.#readers.get(feedId);
    if (reader) this.#watch(reader, reader.wake());
  }

  /** Wakes the readers of the feeds that are elsewhere in the database than here. */
  compare(positions: Positions): void {
    for (const reader of this.#readers.values()) {
      const there = positions[reader.feedId];
      if (there && (there.version !== reader.delivered?.version || there.epoch !== reader.delivered.epoch))
        this.#watch(reader, reader.wake());
    }
  }

  /** What the tabs here have been sent. */
  get delivered(): Positions {
    const known = [...this.#readers.values()].flatMap(({ feedId, delivered }) =>
      delivered ? [[feedId, delivered] as const] : [],
    );
    return Object.fromEntries(known);
  }

  /** Resolves when everything that is committed by now has been delivered or could not be read. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.#readers.values()].map((reader) => reader.wake()));
  }

  // The sweep reads again a second later what could not be read now.
  #watch({ feedId }: FeedReader, reading: Promise<void>): void {
    reading.catch((fault: unknown) => {
      this.#log.warn({ err: fault, feedId }, 'a feed could not be read');
    });
  }
}
