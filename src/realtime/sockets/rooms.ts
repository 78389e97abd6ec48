import type { SessionEnd } from '../../shared/events.ts';
import { endedAmong, feedsOpenedBy, passRoom } from './credentials.ts';
import { feedOfRoom, feedRoom, userRoom, type Tab, type Tabs } from './sockets.ts';

/** Somebody may come and go while a look is on its way; more often than this nobody does. */
const LOOKS = 5;

/**
 * Joins a tab to the rooms that its session gives it: check, join, check again. What is taken away before the
 * join is seen by the second look, what is taken away after it finds the tab in its rooms.
 * @returns why the access has ended, where it has; null when the tab is in its rooms, or gone
 */
export async function joinRooms(tab: Tab): Promise<SessionEnd | 'replaced' | null> {
  const { viewer, pass } = tab.data;
  const asked = await feedsOpenedBy(pass);
  if (!tab.connected) return null;
  await tab.join([passRoom(pass), userRoom(viewer.id), ...asked.map(feedRoom)]);
  return (await reviseRooms(tab)) === 'ended' ? ((await endedAmong([tab.data]))[0]?.reason ?? 'signed_out') : null;
}

/** Looks at the rooms of somebody's tabs again, because what they may see has changed; a tab that loses or gains a feed is told. */
export async function reviseRoomsOf(tabs: Tabs, userId: number): Promise<void> {
  await Promise.all(
    [...tabsOf(tabs, userId)].map(async (tab) => {
      if ((await reviseRooms(tab)) === 'changed') tab.emit('access_changed', {});
    }),
  );
}

/** Looks at everybody's rooms who is in this feed's. */
export async function reviseRoom(tabs: Tabs, feedId: number): Promise<void> {
  const { adapter, sockets } = tabs.of('/');
  const people = new Set(
    [...(adapter.rooms.get(feedRoom(feedId)) ?? [])].flatMap((id) => sockets.get(id)?.data.viewer.id ?? []),
  );
  await Promise.all([...people].map((userId) => reviseRoomsOf(tabs, userId)));
}

/** Takes somebody's tabs out of a feed's room, at once. */
export function expel(tabs: Tabs, userId: number, feedId: number): void {
  for (const tab of tabsOf(tabs, userId)) {
    if (!tab.rooms.has(feedRoom(feedId))) continue;
    void tab.leave(feedRoom(feedId));
    tab.emit('access_changed', {});
  }
}

function* tabsOf(tabs: Tabs, userId: number): Generator<Tab> {
  const { adapter, sockets } = tabs.of('/');
  for (const id of [...(adapter.rooms.get(userRoom(userId)) ?? [])]) {
    const tab = sockets.get(id);
    if (tab) yield tab;
  }
}

/** @returns whether the tab's rooms had to change; 'ended' where it may see nothing any more */
async function reviseRooms(tab: Tab): Promise<'same' | 'changed' | 'ended'> {
  let changed = false;
  for (let look = 0; look < LOOKS; look += 1) {
    const visible = new Set(await feedsOpenedBy(tab.data.pass));
    if (!tab.connected) return 'same';
    const held = new Set([...tab.rooms].flatMap((room) => feedOfRoom(room) ?? []));
    const lost = [...held].filter((feedId) => !visible.has(feedId));
    const gained = [...visible].filter((feedId) => !held.has(feedId));
    for (const feedId of lost) await tab.leave(feedRoom(feedId));
    if (visible.size === 0) return 'ended';
    changed ||= lost.length + gained.length > 0;
    if (gained.length === 0) break;
    await tab.join(gained.map(feedRoom));
  }
  return changed ? 'changed' : 'same';
}
