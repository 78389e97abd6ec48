import type { SessionEnd } from '../../shared/events.ts';
import { findEnded, listIdsFor, credentialsRoom } from './credentials.ts';
import { listIdsOf, listRoom, userRoom, type Tab, type Tabs } from './sockets.ts';

/** Rights may change while they are being read, but not more often than this in a row. */
const MAX_ATTEMPTS = 5;

/**
 * Joins a tab to the rooms that its credentials allow: check, join, check again. Rights revoked before the join are
 * noticed by the second check, rights revoked later find the tab in its rooms.
 * @returns why the credentials are no longer valid; null if the tab is in its rooms, or gone
 */
export async function joinRooms(tab: Tab): Promise<SessionEnd | 'replaced' | null> {
  const { viewer, credentials } = tab.data;
  const listIds = await listIdsFor(credentials);
  if (!tab.connected) return null;
  await tab.join([credentialsRoom(credentials), userRoom(viewer.id), ...listIds.map(listRoom)]);
  return (await updateRooms(tab)) === 'ended' ? ((await findEnded([tab.data]))[0]?.reason ?? 'signed_out') : null;
}

/** Updates the rooms of a user's tabs after their rights changed, and notifies the tabs that gained or lost a list. */
export async function updateRoomsOfUser(tabs: Tabs, userId: number): Promise<void> {
  await Promise.all(
    [...tabsOf(tabs, userId)].map(async (tab) => {
      if ((await updateRooms(tab)) === 'changed') tab.emit('access_changed', {});
    }),
  );
}

/** Updates the rooms of every user who is in the list's room. */
export async function updateRoomsOfList(tabs: Tabs, listId: number): Promise<void> {
  const { adapter, sockets } = tabs.of('/');
  const people = new Set(
    [...(adapter.rooms.get(listRoom(listId)) ?? [])].flatMap((id) => sockets.get(id)?.data.viewer.id ?? []),
  );
  await Promise.all([...people].map((userId) => updateRoomsOfUser(tabs, userId)));
}

/** Removes a user's tabs from a list's room, synchronously. */
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

/** @returns whether the tab's rooms had to change; 'ended' if its credentials are no longer valid */
async function updateRooms(tab: Tab): Promise<'same' | 'changed' | 'ended'> {
  let changed = false;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const visible = new Set(await listIdsFor(tab.data.credentials));
    if (!tab.connected) return 'same';
    const joined = new Set(listIdsOf(tab));
    const lost = [...joined].filter((listId) => !visible.has(listId));
    const gained = [...visible].filter((listId) => !joined.has(listId));
    for (const listId of lost) await tab.leave(listRoom(listId));
    if (visible.size === 0) return 'ended';
    changed ||= lost.length + gained.length > 0;
    if (gained.length === 0) break;
    await tab.join(gained.map(listRoom));
  }
  return changed ? 'changed' : 'same';
}
