import { Session } from '../models/session.ts';
import type { SessionEnd } from '../shared/events.ts';
import { feedRoom, sessionRoom, userRoom, type Tab } from './tabs.ts';

/**
 * Joins a tab to the rooms that its session gives it: check, join, check again. What is taken away before the
 * join is seen by the second look, what is taken away after it finds the tab in its rooms.
 * @returns why the session has ended, where it has; null when the tab is in its rooms, or gone
 */
export async function joinRooms(tab: Tab): Promise<SessionEnd | 'replaced' | null> {
  const { viewer, sid } = tab.data;
  const asked = await Session.feedIds(sid);
  // The room of a tab that is gone would never be left again.
  if (!tab.connected) return null;
  await tab.join([sessionRoom(sid), userRoom(viewer.id), ...asked.map(feedRoom)]);

  const visible = new Set(await Session.feedIds(sid));
  if (visible.size === 0) return (await Session.ended([sid]))[0]?.reason ?? 'signed_out';
  for (const feedId of asked) if (!visible.has(feedId)) await tab.leave(feedRoom(feedId));
  return null;
}
