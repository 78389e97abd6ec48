import { presentEvent } from '../../presenters/event.ts';
import type { ListEvent, Position } from '../../shared/events.ts';
import { limits } from '../../shared/limits.ts';
import { eventsAfter, type ListLog } from '../../models/event/queries.ts';
import { listPositions } from '../../models/list/queries.ts';

/** Where a reader delivers: the list's room. */
export interface Outlet {
  emit(listId: number, event: ListEvent): void;
  /** A membership ended: the user's tabs have left the room when this returns. */
  leaveListRoom(listId: number, userId: number): void;
  /**
   * For skipped events, which may have ended memberships: resolves when only users who see the list are in the room.
   */
  updateRooms(listId: number): Promise<void>;
  /** Sends the tabs the list's version, so that those behind catch up. */
  sendVersions(listId: number, position: Position): void;
}

/** The position of a list that does not exist: anything read later differs. */
const NO_POSITION: Position = { epoch: '', version: 0 };

/**
 * The only path from a list to its tabs: reads the events after the last delivered one and emits them in version order.
 * Reads never overlap; a wake() during one causes another.
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

  /** How far the list's tabs have been served, null until the base is known. */
  get delivered(): Position | null {
    return this.#delivered;
  }

  /**
   * Reads the position where this reader starts. Every catch-up of the list in this process waits for it: one that ran
   * earlier could end before the events that the reader skips.
   */
  base(): Promise<void> {
    this.#base ??= this.#readBase();
    return this.#base;
  }

  /** Resolves when everything committed before this call is delivered; rejects if reading fails. */
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
      this.#delivered = positions[this.listId] ?? NO_POSITION;
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
      // Reset synchronously, or a wake() arriving now would await a finished loop.
      this.#reading = null;
    }
  }

  async #readOnce(): Promise<void> {
    const from = this.#delivered ?? NO_POSITION;
    const log = await eventsAfter(this.listId, from.version, limits.burst + 1);
    if (log && !this.#closed) await this.#deliver(from, log);
  }

  async #deliver(from: Position, log: ListLog): Promise<void> {
    const { epoch, version, events } = log;
    if (epoch === from.epoch && version === from.version) return;
    const complete = epoch === from.epoch && events.length === version - from.version;
    if (!complete || events.length > limits.burst) {
      await this.#outlet.updateRooms(this.listId);
      this.#delivered = { epoch, version };
      this.#outlet.sendVersions(this.listId, { epoch, version });
      return;
    }
    this.#delivered = { epoch, version };
    // First of all: events carry the rows as they are now, which someone who left in this batch must not see.
    for (const { name, subjectId } of events)
      if (name === 'member_left') this.#outlet.leaveListRoom(this.listId, subjectId);
    for (const event of events) this.#outlet.emit(this.listId, presentEvent(log, event));
  }
}
