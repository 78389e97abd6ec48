import { presentEvent } from '../../presenters/event.ts';
import type { ListEvent, Position } from '../../shared/events.ts';
import { limits } from '../../shared/limits.ts';
import { eventsAfter, type ListLog } from '../../models/event/queries.ts';
import { listPositions } from '../../models/list/queries.ts';

/** Where a reader brings what it read: the list's room. */
export interface Outlet {
  emit(listId: number, event: ListEvent): void;
  /** Somebody sees this list no longer: their tabs are out when this returns. */
  leaveListRoom(listId: number, userId: number): void;
  /** Who has gone is among events that are not looked at one by one: resolves when nobody is in the room who does not see the list. */
  revise(listId: number): Promise<void>;
  /** Tells the tabs how far the list is, so that those behind catch up. */
  tell(listId: number, position: Position): void;
}

/** Stands for a list that is gone: whatever is read later is news. */
const NOWHERE: Position = { epoch: '', version: 0 };

/**
 * The one way out of a list: reads its events after the last that was delivered and emits them in version
 * order. Two readings never run at once; a wake that comes meanwhile makes it look again.
 */
export class ListReader {
  readonly listId: number;
  readonly #outlet: Outlet;
  #base: Promise<void> | null = null;
  #delivered: Position | null = null;
  #reading: Promise<void> | null = null;
  #again = false;
  #closed = false;

  constructor(listId: number, outlet: Outlet) {
    this.listId = listId;
    this.#outlet = outlet;
  }

  /** What the list's tabs have been sent, null until the base is known. */
  get delivered(): Position | null {
    return this.#delivered;
  }

  /**
   * Where this reader starts. A catch-up read before it could end short of what the first reading skips,
   * so every catch-up of this list here waits for it.
   */
  base(): Promise<void> {
    this.#base ??= this.#readBase();
    return this.#base;
  }

  /** @returns when everything that was committed before this call is delivered; rejects when it cannot be read */
  wake(): Promise<void> {
    this.#again = true;
    this.#reading ??= this.#readAll();
    return this.#reading;
  }

  close(): void {
    this.#closed = true;
  }

  async #readBase(): Promise<void> {
    try {
      const positions = await listPositions([this.listId]);
      this.#delivered = positions[this.listId] ?? NOWHERE;
    } catch (error) {
      this.#base = null;
      throw error;
    }
  }

  async #readAll(): Promise<void> {
    try {
      await this.base();
      while (this.#again && !this.#closed) {
        this.#again = false;
        await this.#readOnce();
      }
    } finally {
      // Not a tick later: a wake in between would wait for a reading that looks no more.
      this.#reading = null;
    }
  }

  async #readOnce(): Promise<void> {
    const from = this.#delivered ?? NOWHERE;
    const log = await eventsAfter(this.listId, from.version, limits.burst + 1);
    if (log && !this.#closed) await this.#deliver(from, log);
  }

  async #deliver(from: Position, log: ListLog): Promise<void> {
    const { epoch, version, events } = log;
    if (epoch === from.epoch && version === from.version) return;
    const whole = epoch === from.epoch && events.length === version - from.version;
    if (!whole || events.length > limits.burst) {
      await this.#outlet.revise(this.listId);
      this.#delivered = { epoch, version };
      this.#outlet.tell(this.listId, { epoch, version });
      return;
    }
    this.#delivered = { epoch, version };
    // Before anything of this reading: its events carry the rows as they are now, after whoever has left in it.
    for (const { name, subjectId } of events)
      if (name === 'member_left') this.#outlet.leaveListRoom(this.listId, subjectId);
    for (const event of events) this.#outlet.emit(this.listId, presentEvent(log, event));
  }
}
