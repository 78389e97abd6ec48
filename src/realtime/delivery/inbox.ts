import { subscribe } from '../../events/index.ts';
import type { Logger } from '../../lib/logger.ts';
import { coalesce } from '../../lib/coalesce.ts';
import type { Bounds } from '../sockets/limits.ts';
import type { Hint } from '../bus/message.ts';
import { listRoom, userOfRoom, userRoom, type Tabs } from '../sockets/sockets.ts';
import { countUnreadOf } from '../../models/follow/inbox.ts';

export interface InboxParts {
  tabs: Tabs;
  bounds: Bounds;
  /** Tells the other processes. */
  send: (hint: Extract<Hint, { name: 'inbox_changed' }>) => void;
  log: Logger;
}

export interface FollowedInbox {
  /** Somebody has read or followed something, here or in another process, or sees other lists: counted at once. */
  recount(userId: number): void;
  /** Something was told in this list, which may be news for everybody in its room: counted soon, for many at a time. */
  newsIn(listId: number): void;
  /** Counts for everybody, at once. */
  all(): void;
  stop: () => void;
}

/**
 * Tells each tab how much its person has to read: when it connects, and whenever the number is not what the tab was
 * told last. One statement counts for all who may have news; nothing is kept but those who wait for it.
 */
export function followInbox({ tabs, bounds, send, log }: InboxParts): FollowedInbox {
  const { adapter, sockets } = tabs.of('/');
  const waiting = new Set<number>();
  const lists = new Set<number>();
  let failing = false;
  let timer: NodeJS.Timeout | undefined;

  const count = coalesce(async () => {
    for (const listId of lists) for (const userId of peopleIn(tabs, listId)) waiting.add(userId);
    lists.clear();
    const userIds = [...waiting].filter((userId) => adapter.rooms.has(userRoom(userId)));
    waiting.clear();
    if (userIds.length === 0) return;
    try {
      for (const one of await countUnreadOf(userIds)) tell(tabs, one);
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'what people have to read cannot be counted; the heartbeat counts again');
      failing = true;
    }
  });
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void count();
    }, bounds.inboxMs).unref();
  };
  const recount = (userId: number): void => {
    waiting.add(userId);
    void count();
  };
  const all = (): void => {
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
  const heartbeat = setInterval(all, bounds.heartbeatMs).unref();

  return {
    recount,
    newsIn: (listId) => {
      lists.add(listId);
      soon();
    },
    all,
    stop: () => {
      unsubscribe();
      adapter.off('join-room', joined);
      clearTimeout(timer);
      clearInterval(heartbeat);
    },
  };
}

function peopleIn(tabs: Tabs, listId: number): number[] {
  const { adapter, sockets } = tabs.of('/');
  return [...(adapter.rooms.get(listRoom(listId)) ?? [])].flatMap((id) => sockets.get(id)?.data.viewer.id ?? []);
}

function tell(tabs: Tabs, { userId, unread }: { userId: number; unread: number }): void {
  const { adapter, sockets } = tabs.of('/');
  for (const id of adapter.rooms.get(userRoom(userId)) ?? []) {
    const tab = sockets.get(id);
    if (!tab || tab.data.unread === unread) continue;
    tab.data.unread = unread;
    tab.emit('inbox_updated', { unread });
  }
}
