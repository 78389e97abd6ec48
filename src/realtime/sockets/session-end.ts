import { subscribe } from '../../events/index.ts';
import type { SessionEnd } from '../../shared/events.ts';
import type { Hint } from '../bus/message.ts';
import { passRoom } from './credentials.ts';
import { userRoom, type Tabs } from './sockets.ts';

/** A hint that somebody's access has ended. */
export type AccessHint = Extract<Hint, { name: 'session_ended' | 'session_replaced' | 'token_ended' | 'access_ended' }>;

/** Closes the tabs of this process whose access has ended. */
export function endAccess(tabs: Tabs, hint: AccessHint): void {
  if (hint.name === 'session_ended') endTabs(tabs, passRoom(hint), hint.reason);
  else if (hint.name === 'session_replaced') endTabs(tabs, passRoom(hint), 'replaced');
  else if (hint.name === 'token_ended') endTabs(tabs, passRoom(hint), 'revoked');
  else
    endTabs(
      tabs,
      userRoom(hint.userId),
      hint.reason,
      hint.exceptSid === undefined ? [] : [passRoom({ sid: hint.exceptSid })],
    );
}

/** Says why and closes the connection of every tab in the room; those of a replaced session connect again by themselves. */
export function endTabs(tabs: Tabs, room: string, reason: SessionEnd | 'replaced', except: string[] = []): void {
  if (reason === 'replaced') {
    closeForReconnect(tabs, room);
    return;
  }
  tabs.to(room).except(except).emit('session_ended', { reason });
  tabs.in(room).except(except).disconnectSockets(true);
}

/**
 * Closes the tabs of sessions and users whose access the models say has ended, here and by `send` in the other processes.
 * @returns a function that stops it
 */
export function followSessionEnds(tabs: Tabs, send: (hint: AccessHint) => void): () => void {
  const follow = (hint: AccessHint): void => {
    endAccess(tabs, hint);
    send(hint);
  };
  const unsubscribe = [
    subscribe('session_ended', (ended) => {
      follow({ name: 'session_ended', ...ended });
    }),
    subscribe('session_replaced', (replaced) => {
      follow({ name: 'session_replaced', ...replaced });
    }),
    subscribe('token_ended', (ended) => {
      follow({ name: 'token_ended', ...ended });
    }),
    subscribe('access_ended', (ended) => {
      follow({ name: 'access_ended', ...ended });
    }),
  ];
  return () => {
    for (const stop of unsubscribe) stop();
  };
}

/** Closed without a word from socket.io, which makes the tabs connect again. */
function closeForReconnect(tabs: Tabs, room: string): void {
  const { adapter, sockets } = tabs.of('/');
  for (const id of [...(adapter.rooms.get(room) ?? [])]) sockets.get(id)?.conn.close();
}
