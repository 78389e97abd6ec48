import type { Logger } from '../../lib/logger.ts';
import type { Positions } from '../../shared/events.ts';
import { ListReader, type Outlet } from './reader.ts';

/** The readers of the lists that have open tabs in this process: they come and go with the lists' rooms. */
export class ListReaders {
  readonly #outlet: Outlet;
  readonly #log: Logger;
  readonly #readers = new Map<number, ListReader>();

  constructor(outlet: Outlet, log: Logger) {
    this.#outlet = outlet;
    this.#log = log;
  }

  get listIds(): number[] {
    return [...this.#readers.keys()];
  }

  open(listId: number): void {
    const reader = new ListReader(listId, this.#outlet);
    this.#readers.set(listId, reader);
    this.#watch(reader, reader.base());
  }

  close(listId: number): void {
    this.#readers.get(listId)?.close();
    this.#readers.delete(listId);
  }

  /** Rejects when one of the bases cannot be read now. Lists that are not open here need none. */
  async bases(listIds: number[]): Promise<void> {
    await Promise.all(listIds.flatMap((listId) => this.#readers.get(listId)?.base() ?? []));
  }

  /** A list that is not open here needs nothing. */
  wake(listId: number): void {
    const reader = this.#readers.get(listId);
    if (reader) this.#watch(reader, reader.wake());
  }

  /** Wakes the readers of the lists that are elsewhere in the database than here. */
  compare(positions: Positions): void {
    for (const reader of this.#readers.values()) {
      const there = positions[reader.listId];
      if (there && (there.version !== reader.delivered?.version || there.epoch !== reader.delivered.epoch))
        this.#watch(reader, reader.wake());
    }
  }

  /** What the tabs here have been sent. */
  get delivered(): Positions {
    const known = [...this.#readers.values()].flatMap(({ listId, delivered }) =>
      delivered ? [[listId, delivered] as const] : [],
    );
    return Object.fromEntries(known);
  }

  /** Resolves when everything that is committed by now has been delivered or could not be read. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.#readers.values()].map((reader) => reader.wake()));
  }

  // The sweep reads again a second later what could not be read now.
  #watch({ listId }: ListReader, reading: Promise<void>): void {
    reading.catch((error: unknown) => {
      this.#log.warn({ err: error, listId }, 'a list could not be read');
    });
  }
}
