import { subscribe } from '../events/index.ts';
import type { SessionEnd } from '../shared/events.ts';
import { sessionRoom, userRoom, type Tabs } from './tabs.ts';

/** Says why and closes the connection of every tab in the room. */
export function endTabs(tabs: Tabs, room: string, reason: SessionEnd, except: string[] = []): void {
  tabs.to(room).except(except).emit('session_ended', { reason });
  tabs.in(room).except(except).disconnectSockets(true);
}

/** Closes the tabs of sessions and users whose access the models say has ended. @returns a function that stops it */
export function followSessionEnds(tabs: Tabs): () => void {
  const unsubscribe = [
    subscribe('session_ended', ({ sid, reason }) => { endTabs(tabs, sessionRoom(sid), reason); }),
    subscribe('session_replaced', ({ sid }) => { hangUp(tabs, sessionRoom(sid)); }),
    subscribe('access_ended', ({ userId, reason, exceptSid }) => {
      endTabs(tabs, userRoom(userId), reason, exceptSid === undefined ? [] : [sessionRoom(exceptSid)]);
    }),
  ];
  return () => { for (const stop of unsubscribe) stop(); };
}

/** Closed without a word from socket.io, the tabs connect again by themselves. */
function hangUp(tabs: Tabs, room: string): void {
  const { adapter, sockets } = tabs.of('/');
  for (const id of [...adapter.rooms.get(room) ?? []]) sockets.get(id)?.conn.close();
}
