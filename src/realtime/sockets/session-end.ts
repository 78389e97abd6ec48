import { subscribe } from '../../events/index.ts';
import type { SessionEnd } from '../../shared/events.ts';
import type { Hint } from '../bus/message.ts';
import { credentialsRoom } from './credentials.ts';
import { userRoom, type Tabs } from './sockets.ts';

/** A hint that credentials are no longer valid. */
export type AccessHint = Extract<Hint, { name: 'session_ended' | 'session_replaced' | 'token_ended' | 'access_ended' }>;

/** Closes the tabs of this process that the hint concerns. */
export function closeEndedTabs(tabs: Tabs, hint: AccessHint): void {
  if (hint.name === 'session_ended') closeTabs(tabs, credentialsRoom(hint), hint.reason);
  else if (hint.name === 'session_replaced') closeTabs(tabs, credentialsRoom(hint), 'replaced');
  else if (hint.name === 'token_ended') closeTabs(tabs, credentialsRoom(hint), 'revoked');
  else
    closeTabs(
      tabs,
      userRoom(hint.userId),
      hint.reason,
      hint.exceptSid === undefined ? [] : [credentialsRoom({ sid: hint.exceptSid })],
    );
}

/** Closes the connection of every tab in the room and says why; tabs of a replaced session reconnect by themselves. */
export function closeTabs(tabs: Tabs, room: string, reason: SessionEnd | 'replaced', except: string[] = []): void {
  if (reason === 'replaced') {
    closeForReconnect(tabs, room);
    return;
  }
  tabs.to(room).except(except).emit('session_ended', { reason });
  tabs.in(room).except(except).disconnectSockets(true);
}

/**
 * Closes the tabs of ended sessions, tokens and users, here and through `send` in the other processes.
 * @returns a function that ends the subscription
 */
export function subscribeToSessionEnds(tabs: Tabs, send: (hint: AccessHint) => void): () => void {
  const onEnd = (hint: AccessHint): void => {
    closeEndedTabs(tabs, hint);
    send(hint);
  };
  const unsubscribe = [
    subscribe('session_ended', (ended) => {
      onEnd({ name: 'session_ended', ...ended });
    }),
    subscribe('session_replaced', (replaced) => {
      onEnd({ name: 'session_replaced', ...replaced });
    }),
    subscribe('token_ended', (ended) => {
      onEnd({ name: 'token_ended', ...ended });
    }),
    subscribe('access_ended', (ended) => {
      onEnd({ name: 'access_ended', ...ended });
    }),
  ];
  return () => {
    for (const stop of unsubscribe) stop();
  };
}

/** Closes without a disconnect packet, which makes the tabs reconnect. */
function closeForReconnect(tabs: Tabs, room: string): void {
  const { adapter, sockets } = tabs.of('/');
  for (const id of [...(adapter.rooms.get(room) ?? [])]) sockets.get(id)?.conn.close();
}
