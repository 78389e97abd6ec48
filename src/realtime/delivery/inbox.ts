import { subscribe } from '../../events/index.ts';
import type { Logger } from '../../lib/logger.ts';
import { coalesce } from '../../lib/coalesce.ts';
import { Follow } from '../../models/follow/follow.ts';
import type { SocketLimits } from '../sockets/limits.ts';
import type { Hint } from '../bus/message.ts';
import { listRoom, userOfRoom, userRoom, type Tabs } from '../sockets/sockets.ts';

export interface InboxParts {
  tabs: Tabs;
  limits: SocketLimits;
  /** Sends a hint to the other processes. */
  send: (hint: Extract<Hint, { name: 'inbox_changed' }>) => void;
  log: Logger;
}

export interface InboxCounts {
  /** The user read or followed something, in any process, or sees other lists: counted at once. */
  recount(userId: number): void;
  /** Events of this list were delivered, which may concern everyone in its room: counted soon, in batches. */
  listChanged(listId: number): void;
  /** Counts for all connected users, at once. */
  recountAll(): void;
  stop: () => void;
}

/**
 * Sends each tab its user's unread count when it connects and whenever it changes. One statement counts for all users
 * who may be affected; the only state is who is waiting to be counted.
 */
export function startInboxCounts({ tabs, limits, send, log }: InboxParts): InboxCounts {
  const { adapter, sockets } = tabs.of('/');
  const waiting = new Set<number>();
  const lists = new Set<number>();
  let failing = false;
  let timer: NodeJS.Timeout | undefined;

  const count = coalesce(async () => {
    for (const listId of lists) for (const userId of usersIn(tabs, listId)) waiting.add(userId);
    lists.clear();
    const userIds = [...waiting].filter((userId) => adapter.rooms.has(userRoom(userId)));
    waiting.clear();
    if (userIds.length === 0) return;
    try {
      for (const one of await Follow.unreadOf(userIds)) sendCount(tabs, one);
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'counting unread items failed, will retry');
      failing = true;
    }
  });
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void count();
    }, limits.inboxMs).unref();
  };
  const recount = (userId: number): void => {
    waiting.add(userId);
    void count();
  };
  const recountAll = (): void => {
    for (const { data } of sockets.values()) waiting.add(data.viewer.id);
    if (waiting.size > 0) void count();
  };
  const joined = (room: string): void => {
    const userId = userOfRoom(room);
    if (userId === null) return;
    waiting.add(userId);
    soon();
  };
  adapter.on('join-room', joined);
  const unsubscribe = subscribe('inbox_changed', ({ userId }) => {
    recount(userId);
    send({ name: 'inbox_changed', userId });
  });
  const heartbeat = setInterval(recountAll, limits.heartbeatMs).unref();

  return {
    recount,
    listChanged: (listId) => {
      lists.add(listId);
      soon();
    },
    recountAll,
    stop: () => {
      unsubscribe();
      adapter.off('join-room', joined);
      clearTimeout(timer);
      clearInterval(heartbeat);
    },
  };
}

function usersIn(tabs: Tabs, listId: number): number[] {
  const { adapter, sockets } = tabs.of('/');
  return [...(adapter.rooms.get(listRoom(listId)) ?? [])].flatMap((id) => sockets.get(id)?.data.viewer.id ?? []);
}

function sendCount(tabs: Tabs, { userId, unread }: { userId: number; unread: number }): void {
  const { adapter, sockets } = tabs.of('/');
  for (const id of adapter.rooms.get(userRoom(userId)) ?? []) {
    const tab = sockets.get(id);
    if (!tab || tab.data.unread === unread) continue;
    tab.data.unread = unread;
    tab.emit('inbox_updated', { unread });
  }
}
