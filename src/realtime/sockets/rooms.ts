import type { SessionEnd } from '../../shared/events.ts';
import { endedAmong, listsOpenedBy, passRoom } from './credentials.ts';
import { listOfRoom, listRoom, userRoom, type Tab, type Tabs } from './sockets.ts';

/** Somebody may come and go while a look is on its way; more often than this nobody does. */
const LOOKS = 5;

/**
 * Joins a tab to the rooms that its session gives it: check, join, check again. What is taken away before the
 * join is seen by the second look, what is taken away after it finds the tab in its rooms.
 * @returns why the access has ended, where it has; null when the tab is in its rooms, or gone
 */
export async function joinRooms(tab: Tab): Promise<SessionEnd | 'replaced' | null> {
  const { viewer, pass } = tab.data;
  const asked = await listsOpenedBy(pass);
  if (!tab.connected) return null;
  await tab.join([passRoom(pass), userRoom(viewer.id), ...asked.map(listRoom)]);
  return (await reviseRooms(tab)) === 'ended' ? ((await endedAmong([tab.data]))[0]?.reason ?? 'signed_out') : null;
}

/** Looks at the rooms of somebody's tabs again, because what they may see has changed; a tab that loses or gains a list is told. */
export async function reviseRoomsOf(tabs: Tabs, userId: number): Promise<void> {
  await Promise.all(
    [...tabsOf(tabs, userId)].map(async (tab) => {
      if ((await reviseRooms(tab)) === 'changed') tab.emit('access_changed', {});
    }),
  );
}

/** Looks at everybody's rooms who is in this list's. */
export async function reviseRoom(tabs: Tabs, listId: number): Promise<void> {
  const { adapter, sockets } = tabs.of('/');
  const people = new Set(
    [...(adapter.rooms.get(listRoom(listId)) ?? [])].flatMap((id) => sockets.get(id)?.data.viewer.id ?? []),
  );
  await Promise.all([...people].map((userId) => reviseRoomsOf(tabs, userId)));
}

/** Takes somebody's tabs out of a list's room, at once. */
export function leaveListRoom(tabs: Tabs, userId: number, listId: number): void {
  for (const tab of tabsOf(tabs, userId)) {
    if (!tab.rooms.has(listRoom(listId))) continue;
    void tab.leave(listRoom(listId));
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
    const visible = new Set(await listsOpenedBy(tab.data.pass));
    if (!tab.connected) return 'same';
    const held = new Set([...tab.rooms].flatMap((room) => listOfRoom(room) ?? []));
    const lost = [...held].filter((listId) => !visible.has(listId));
    const gained = [...visible].filter((listId) => !held.has(listId));
    for (const listId of lost) await tab.leave(listRoom(listId));
    if (visible.size === 0) return 'ended';
    changed ||= lost.length + gained.length > 0;
    if (gained.length === 0) break;
    await tab.join(gained.map(listRoom));
  }
  return changed ? 'changed' : 'same';
}
