import type { Bounds } from './bounds.ts';
import { feedOfRoom, type Tab, type Tabs } from './tabs.ts';

/**
 * Tells each tab how many people (not tabs) are connected to the feeds that it sees. It keeps no count of its
 * own: people are counted in the rooms, so nothing is left behind by a tab that goes.
 * @returns a function that stops it
 */
export function followPresence(tabs: Tabs, { presenceMs }: Bounds): () => void {
  const { adapter } = tabs.of('/');
  const touched = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const touch = (room: string): void => {
    if (feedOfRoom(room) === null) return;
    touched.add(room);
    timer ??= setTimeout(tell, presenceMs).unref();
  };
  const tell = (): void => {
    timer = undefined;
    tellCounts(tabs, [...touched]);
    touched.clear();
  };
  adapter.on('join-room', touch);
  adapter.on('leave-room', touch);
  return () => {
    clearTimeout(timer);
    adapter.off('join-room', touch);
    adapter.off('leave-room', touch);
  };
}

function tellCounts(tabs: Tabs, rooms: string[]): void {
  const people = new Map<string, Set<number>>();
  const peopleIn = (room: string): Set<number> => {
    const known = people.get(room) ?? new Set([...tabsIn(tabs, room)].map((tab) => tab.data.viewer.id));
    people.set(room, known);
    return known;
  };
  for (const room of rooms) {
    for (const tab of tabsIn(tabs, room)) {
      const feeds = [...tab.rooms].filter((joined) => feedOfRoom(joined) !== null);
      const count = feeds.length === 1 ? peopleIn(room).size : new Set(feeds.flatMap((feed) => [...peopleIn(feed)])).size;
      if (tab.data.count === count) continue;
      tab.data.count = count;
      tab.emit('count_updated', { count });
    }
  }
}

function* tabsIn(tabs: Tabs, room: string): Generator<Tab> {
  const { adapter, sockets } = tabs.of('/');
  for (const id of adapter.rooms.get(room) ?? []) {
    const tab = sockets.get(id);
    if (tab) yield tab;
  }
}
