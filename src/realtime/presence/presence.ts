import { withTimeout } from '../../lib/with-timeout.ts';
import type { Logger } from '../../lib/logger.ts';
import { coalesce } from '../../lib/coalesce.ts';
import type { SocketLimits } from '../sockets/limits.ts';
import { PresenceRegistry } from './presence-registry.ts';
import { listIdsOf, listOfRoom, listRoom, type Tabs } from '../sockets/sockets.ts';

export interface PresenceParts {
  tabs: Tabs;
  processId: string;
  limits: SocketLimits;
  /** Tells the other processes to count again. */
  onChange: (listIds: number[]) => void;
  log: Logger;
}

export interface PresenceTracker {
  /** Someone joined or left these lists in another process. */
  recount(listIds: number[]): void;
  /** Stops and deletes this process's rows. */
  close(): Promise<void>;
}

/**
 * Sends each tab the number of people (not tabs) connected to the lists that it sees. Those of this process are counted
 * from the rooms, so nothing goes stale when a tab closes, and counting works without the database.
 */
export function startPresence({ tabs, processId, limits, onChange, log }: PresenceParts): PresenceTracker {
  const { adapter } = tabs.of('/');
  const registry = new PresenceRegistry(tabs, processId);
  /** Lists to exchange with the table, and lists whose tabs have not been notified yet. */
  const touched = new Set<number>();
  const pending = new Set<number>();
  let refreshing = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;

  const notify = (listIds: number[]): void => {
    for (const listId of listIds) pending.delete(listId);
    sendCounts(listIds, registry);
  };
  const update = coalesce(async () => {
    let listIds = [...touched];
    touched.clear();
    const refresh = refreshing;
    refreshing = false;
    try {
      const changed = listIds.length > 0 ? await registry.exchange(listIds) : [];
      if (changed.length > 0) onChange(changed);
      if (refresh) listIds = listIds.concat(await registry.refresh());
      failing = false;
    } catch (error) {
      if (!failing)
        log.warn({ err: error }, 'updating presence failed, will retry; only the people of this process are counted');
      failing = true;
    }
    notify(listIds);
  });
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      // A slow database does not delay what the rooms already tell.
      const fallback = setTimeout(() => {
        notify([...pending]);
      }, limits.presenceMs).unref();
      void update().finally(() => {
        clearTimeout(fallback);
      });
    }, limits.presenceMs).unref();
  };
  const touch = (room: string): void => {
    const listId = listOfRoom(room);
    if (listId === null) return;
    touched.add(listId);
    pending.add(listId);
    soon();
  };
  const refresh = setInterval(() => {
    refreshing = true;
    void update();
  }, limits.presenceRefreshMs).unref();
  adapter.on('join-room', touch);
  adapter.on('leave-room', touch);

  return {
    recount: (listIds) => {
      for (const listId of listIds) if (adapter.rooms.has(listRoom(listId))) touched.add(listId);
      if (touched.size > 0) soon();
    },
    close: async () => {
      clearTimeout(timer);
      clearInterval(refresh);
      adapter.off('join-room', touch);
      adapter.off('leave-room', touch);
      try {
        const left = await withTimeout(
          update().then(() => registry.leave()),
          limits.closingMs,
        );
        if (left.length > 0) onChange(left);
      } catch (error) {
        log.warn({ err: error }, 'deleting presence rows failed, they expire in some seconds');
      }
    },
  };
}

function sendCounts(listIds: number[], registry: PresenceRegistry): void {
  const counted = new Map<number, Set<number>>();
  const usersIn = (listId: number): Set<number> => {
    const known = counted.get(listId) ?? registry.of(listId);
    counted.set(listId, known);
    return known;
  };
  for (const listId of new Set(listIds)) {
    for (const tab of registry.tabsIn(listId)) {
      const lists = listIdsOf(tab);
      const count =
        lists.length === 1 ? usersIn(listId).size : new Set(lists.flatMap((list) => [...usersIn(list)])).size;
      if (tab.data.count === count) continue;
      tab.data.count = count;
      tab.emit('count_updated', { count });
    }
  }
}
