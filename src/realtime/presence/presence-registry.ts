import { listOfRoom, listRoom, type Tab, type Tabs } from '../sockets/sockets.ts';
import { type Present, presentElsewhere, savePresence } from '../../models/presence/connections.ts';

/** Who is connected to which list: in this process by the rooms, in the others by what they have written down. */
export class People {
  readonly #tabs: Tabs;
  readonly #processId: string;
  /** Of this process, as the table has it. */
  #written = new Map<number, Set<number>>();
  readonly #elsewhere = new Map<number, Set<number>>();

  constructor(tabs: Tabs, processId: string) {
    this.#tabs = tabs;
    this.#processId = processId;
  }

  /** The people that are connected to a list, wherever, as far as is known. */
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
   * Writes down who is here in these lists, where it has changed, and reads who is elsewhere.
   * @returns the lists where somebody came or went here
   */
  async exchange(listIds: number[]): Promise<number[]> {
    const here = new Map(listIds.map((listId) => [listId, this.#here(listId)]));
    const moved = listIds.filter((listId) => !isSame(here.get(listId), this.#written.get(listId)));
    if (moved.length > 0) await savePresence(this.#processId, pairs(here, moved), moved);
    for (const listId of moved) this.#note(listId, here.get(listId));
    await this.#readElsewhere(here);
    return moved;
  }

  /** Writes down all that are here, so that they go on counting; nothing where nobody is. @returns every list that is open here, and those where somebody went */
  async refresh(): Promise<number[]> {
    const rooms = [...this.#tabs.of('/').adapter.rooms.keys()].flatMap((room) => listOfRoom(room) ?? []);
    const listIds = [...new Set([...rooms, ...this.#written.keys()])];
    if (listIds.length === 0) return [];
    const here = new Map(listIds.map((listId) => [listId, this.#here(listId)]));
    await savePresence(this.#processId, pairs(here, listIds), null);
    this.#written = new Map();
    for (const [listId, people] of here) this.#note(listId, people);
    await this.#readElsewhere(here);
    return listIds;
  }

  /** Takes this process's rows away. @returns the lists where somebody was */
  async leave(): Promise<number[]> {
    const listIds = [...this.#written.keys()];
    if (listIds.length > 0) await savePresence(this.#processId, [], listIds);
    this.#written.clear();
    return listIds;
  }

  #here(listId: number): Set<number> {
    return new Set([...this.tabsIn(listId)].map((tab) => tab.data.viewer.id));
  }

  #note(listId: number, people: Set<number> = new Set()): void {
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
