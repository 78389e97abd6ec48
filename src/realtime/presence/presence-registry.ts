import { listOfRoom, listRoom, type Tab, type Tabs } from '../sockets/sockets.ts';
import { type Present, presentElsewhere, savePresence } from '../../models/presence/connections.ts';

/**
 * Who is connected to which list: in this process according to the rooms, in others according to the presence table.
 */
export class PresenceRegistry {
  readonly #tabs: Tabs;
  readonly #processId: string;
  /** This process's rows in the table. */
  #written = new Map<number, Set<number>>();
  readonly #elsewhere = new Map<number, Set<number>>();

  constructor(tabs: Tabs, processId: string) {
    this.#tabs = tabs;
    this.#processId = processId;
  }

  /** The users connected to a list in any process, as far as known. */
  of(listId: number): Set<number> {
    const here = this.#here(listId);
    const elsewhere = this.#elsewhere.get(listId);
    return elsewhere ? new Set([...here, ...elsewhere]) : here;
  }

  /** The tabs of this process in a list. */
  *tabsIn(listId: number): Generator<Tab> {
    const { adapter, sockets } = this.#tabs.of('/');
    for (const id of adapter.rooms.get(listRoom(listId)) ?? []) {
      const tab = sockets.get(id);
      if (tab) yield tab;
    }
  }

  /**
   * Writes who is connected to these lists here, if that changed, and reads who is connected elsewhere.
   * @returns the lists where someone joined or left here
   */
  async exchange(listIds: number[]): Promise<number[]> {
    const here = new Map(listIds.map((listId) => [listId, this.#here(listId)]));
    const changed = listIds.filter((listId) => !isSame(here.get(listId), this.#written.get(listId)));
    if (changed.length > 0) await savePresence(this.#processId, pairs(here, changed), changed);
    for (const listId of changed) this.#remember(listId, here.get(listId));
    await this.#readElsewhere(here);
    return changed;
  }

  /** Refreshes all rows of this process before they expire. @returns every list that is open here or was before */
  async refresh(): Promise<number[]> {
    const rooms = [...this.#tabs.of('/').adapter.rooms.keys()].flatMap((room) => listOfRoom(room) ?? []);
    const listIds = [...new Set([...rooms, ...this.#written.keys()])];
    if (listIds.length === 0) return [];
    const here = new Map(listIds.map((listId) => [listId, this.#here(listId)]));
    await savePresence(this.#processId, pairs(here, listIds), null);
    this.#written = new Map();
    for (const [listId, people] of here) this.#remember(listId, people);
    await this.#readElsewhere(here);
    return listIds;
  }

  /** Deletes this process's rows. @returns the lists that had any */
  async leave(): Promise<number[]> {
    const listIds = [...this.#written.keys()];
    if (listIds.length > 0) await savePresence(this.#processId, [], listIds);
    this.#written.clear();
    return listIds;
  }

  #here(listId: number): Set<number> {
    return new Set([...this.tabsIn(listId)].map((tab) => tab.data.viewer.id));
  }

  #remember(listId: number, people: Set<number> = new Set()): void {
    if (people.size > 0) this.#written.set(listId, people);
    else this.#written.delete(listId);
  }

  async #readElsewhere(here: Map<number, Set<number>>): Promise<void> {
    const open = [...here].flatMap(([listId, people]) => (people.size > 0 ? [listId] : []));
    const present = open.length > 0 ? await presentElsewhere(this.#processId, open) : [];
    for (const listId of here.keys()) this.#elsewhere.delete(listId);
    for (const { userId, listId } of present) {
      const people = this.#elsewhere.get(listId);
      if (people) people.add(userId);
      else this.#elsewhere.set(listId, new Set([userId]));
    }
  }
}

const isSame = (one: Set<number> = new Set(), other: Set<number> = new Set()): boolean =>
  one.size === other.size && [...one].every((id) => other.has(id));

const pairs = (people: Map<number, Set<number>>, listIds: number[]): Present[] =>
  listIds.flatMap((listId) => [...(people.get(listId) ?? [])].map((userId) => ({ userId, listId })));
