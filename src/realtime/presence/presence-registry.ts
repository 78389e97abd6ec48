import { Presence, type Present } from '../../models/presence/presence.ts';
import { feedOfRoom, feedRoom, type Tab, type Tabs } from '../sockets/sockets.ts';

/** Who is connected to which feed: in this process by the rooms, in the others by what they have written down. */
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

  /** The people that are connected to a feed, wherever, as far as is known. */
  of(feedId: number): Set<number> {
    const here = this.#here(feedId);
    const elsewhere = this.#elsewhere.get(feedId);
    return elsewhere ? new Set([...here, ...elsewhere]) : here;
  }

  /** The tabs of this process in a feed. */
  *tabsIn(feedId: number): Generator<Tab> {
    const { adapter, sockets } = this.#tabs.of('/');
    for (const id of adapter.rooms.get(feedRoom(feedId)) ?? []) {
      const tab = sockets.get(id);
      if (tab) yield tab;
    }
  }

  /**
   * Writes down who is here in these feeds, where it has changed, and reads who is elsewhere.
   * @returns the feeds where somebody came or went here
   */
  async exchange(feedIds: number[]): Promise<number[]> {
    const here = new Map(feedIds.map((feedId) => [feedId, this.#here(feedId)]));
    const moved = feedIds.filter((feedId) => !isSame(here.get(feedId), this.#written.get(feedId)));
    if (moved.length > 0) await Presence.write(this.#processId, pairs(here, moved), moved);
    for (const feedId of moved) this.#note(feedId, here.get(feedId));
    await this.#readElsewhere(here);
    return moved;
  }

  /** Writes down all that are here, so that they go on counting; nothing where nobody is. @returns every feed that is open here, and those where somebody went */
  async refresh(): Promise<number[]> {
    const rooms = [...this.#tabs.of('/').adapter.rooms.keys()].flatMap((room) => feedOfRoom(room) ?? []);
    const feedIds = [...new Set([...rooms, ...this.#written.keys()])];
    if (feedIds.length === 0) return [];
    const here = new Map(feedIds.map((feedId) => [feedId, this.#here(feedId)]));
    await Presence.write(this.#processId, pairs(here, feedIds), null);
    this.#written = new Map();
    for (const [feedId, people] of here) this.#note(feedId, people);
    await this.#readElsewhere(here);
    return feedIds;
  }

  /** Takes this process's rows away. @returns the feeds where somebody was */
  async leave(): Promise<number[]> {
    const feedIds = [...this.#written.keys()];
    if (feedIds.length > 0) await Presence.write(this.#processId, [], feedIds);
    this.#written.clear();
    return feedIds;
  }

  #here(feedId: number): Set<number> {
    return new Set([...this.tabsIn(feedId)].map((tab) => tab.data.viewer.id));
  }

  #note(feedId: number, people: Set<number> = new Set()): void {
    if (people.size > 0) this.#written.set(feedId, people);
    else this.#written.delete(feedId);
  }

  async #readElsewhere(here: Map<number, Set<number>>): Promise<void> {
    const open = [...here].flatMap(([feedId, people]) => (people.size > 0 ? [feedId] : []));
    const present = open.length > 0 ? await Presence.elsewhere(this.#processId, open) : [];
    for (const feedId of here.keys()) this.#elsewhere.delete(feedId);
    for (const { userId, feedId } of present) {
      const people = this.#elsewhere.get(feedId);
      if (people) people.add(userId);
      else this.#elsewhere.set(feedId, new Set([userId]));
    }
  }
}

const isSame = (one: Set<number> = new Set(), other: Set<number> = new Set()): boolean =>
  one.size === other.size && [...one].every((id) => other.has(id));

const pairs = (people: Map<number, Set<number>>, feedIds: number[]): Present[] =>
  feedIds.flatMap((feedId) => [...(people.get(feedId) ?? [])].map((userId) => ({ userId, feedId })));
