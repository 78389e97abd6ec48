import { withTimeout } from '../../lib/with-timeout.ts';
import type { Logger } from '../../lib/logger.ts';
import { coalesce } from '../../lib/coalesce.ts';
import type { Bounds } from '../sockets/limits.ts';
import { People } from './presence-registry.ts';
import { listOfRoom, listRoom, type Tabs } from '../sockets/sockets.ts';

export interface PresenceParts {
  tabs: Tabs;
  processId: string;
  bounds: Bounds;
  /** Tells the other processes to count again. */
  moved: (listIds: number[]) => void;
  log: Logger;
}

export interface FollowedPresence {
  /** Somebody came to these lists or left them in another process. */
  recount(listIds: number[]): void;
  /** Stops, and takes away what this process has written. */
  close(): Promise<void>;
}

/**
 * Tells each tab how many people (not tabs) are connected to the lists that it sees. Of this process they are
 * counted in the rooms, so nothing is left behind by a tab that goes, and a database that is away stops nothing.
 */
export function followPresence({ tabs, processId, bounds, moved, log }: PresenceParts): FollowedPresence {
  const { adapter } = tabs.of('/');
  const people = new People(tabs, processId);
  /** Lists to be exchanged with the table, and lists whose tabs have to be told. */
  const touched = new Set<number>();
  const untold = new Set<number>();
  let refreshing = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;

  const tell = (listIds: number[]): void => {
    for (const listId of listIds) untold.delete(listId);
    tellCounts(listIds, people);
  };
  const look = coalesce(async () => {
    const listIds = [...touched];
    touched.clear();
    const refresh = refreshing;
    refreshing = false;
    try {
      const gone = listIds.length > 0 ? await people.exchange(listIds) : [];
      if (gone.length > 0) moved(gone);
      if (refresh) listIds.push(...(await people.refresh()));
      failing = false;
    } catch (error) {
      if (!failing)
        log.warn(
          { err: error },
          'who is connected cannot be written down; the people of this process count all the same',
        );
      failing = true;
    }
    tell(listIds);
  });
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      // A database that takes its time does not hold up what the rooms say.
      const impatient = setTimeout(() => {
        tell([...untold]);
      }, bounds.presenceMs).unref();
      void look().finally(() => {
        clearTimeout(impatient);
      });
    }, bounds.presenceMs).unref();
  };
  const touch = (room: string): void => {
    const listId = listOfRoom(room);
    if (listId === null) return;
    touched.add(listId);
    untold.add(listId);
    soon();
  };
  const refresh = setInterval(() => {
    refreshing = true;
    void look();
  }, bounds.presenceRefreshMs).unref();
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
          look().then(() => people.leave()),
          bounds.closingMs,
        );
        if (left.length > 0) moved(left);
      } catch (error) {
        log.warn({ err: error }, 'who was connected here cannot be taken away; it counts for some seconds more');
      }
    },
  };
}

function tellCounts(listIds: number[], people: People): void {
  const counted = new Map<number, Set<number>>();
  const peopleIn = (listId: number): Set<number> => {
    const known = counted.get(listId) ?? people.of(listId);
    counted.set(listId, known);
    return known;
  };
  for (const listId of new Set(listIds)) {
    for (const tab of people.tabsIn(listId)) {
      const lists = [...tab.rooms].flatMap((room) => listOfRoom(room) ?? []);
      const count =
        lists.length === 1 ? peopleIn(listId).size : new Set(lists.flatMap((list) => [...peopleIn(list)])).size;
      if (tab.data.count === count) continue;
      tab.data.count = count;
      tab.emit('count_updated', { count });
    }
  }
}
