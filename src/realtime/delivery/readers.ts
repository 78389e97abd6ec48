import type { Logger } from '../../lib/logger.ts';
import type { Positions } from '../../shared/events.ts';
import { ListReader, type Outlet } from './reader.ts';

/** The readers of the lists with open tabs in this process; they live as long as the lists' rooms. */
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

  /**
   * Resolves when the readers of these lists have their base; rejects if reading one fails. Lists without tabs need
   * none.
   */
  async ready(listIds: number[]): Promise<void> {
    await Promise.all(listIds.flatMap((listId) => this.#readers.get(listId)?.base() ?? []));
  }

  /** Does nothing for a list without tabs here. */
  wake(listId: number): void {
    const reader = this.#readers.get(listId);
    if (reader) this.#watch(reader, reader.wake());
  }

  /** Wakes the readers whose lists are at another position in the database. */
  compare(positions: Positions): void {
    for (const reader of this.#readers.values()) {
      const current = positions[reader.listId];
      if (current && (current.version !== reader.delivered?.version || current.epoch !== reader.delivered.epoch))
        this.#watch(reader, reader.wake());
    }
  }

  /** How far the tabs here have been served. */
  get delivered(): Positions {
    const known = [...this.#readers.values()].flatMap(({ listId, delivered }) =>
      delivered ? [[listId, delivered] as const] : [],
    );
    return Object.fromEntries(known);
  }

  /** Resolves when everything committed so far has been delivered, or reading it failed. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.#readers.values()].map((reader) => reader.wake()));
  }

  // The sweep tries again a second later.
  #watch({ listId }: ListReader, reading: Promise<void>): void {
    reading.catch((error: unknown) => {
      this.#log.warn({ err: error, listId }, 'reading a list failed, the sweep will retry');
    });
  }
}
