import { inTime } from '../../lib/with-timeout.ts';
import type { Logger } from '../../lib/logger.ts';
import { onceMore } from '../../lib/coalesce.ts';
import type { Bounds } from '../sockets/limits.ts';
import { People } from './presence-registry.ts';
import { feedOfRoom, feedRoom, type Tabs } from '../sockets/sockets.ts';

export interface PresenceParts {
  tabs: Tabs;
  processId: string;
  bounds: Bounds;
  /** Tells the other processes to count again. */
  moved: (feedIds: number[]) => void;
  log: Logger;
}

export interface FollowedPresence {
  /** Somebody came to these feeds or left them in another process. */
  recount(feedIds: number[]): void;
  /** Stops, and takes away what this process has written. */
  close(): Promise<void>;
}

/**
 * Tells each tab how many people (not tabs) are connected to the feeds that it sees. Of this process they are
 * counted in the rooms, so nothing is left behind by a tab that goes, and a database that is away stops nothing.
 */
export function followPresence({ tabs, processId, bounds, moved, log }: PresenceParts): FollowedPresence {
  const { adapter } = tabs.of('/');
  const people = new People(tabs, processId);
  /** Feeds to be exchanged with the table, and feeds whose tabs have to be told. */
  const touched = new Set<number>();
  const untold = new Set<number>();
  let refreshing = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;

  const tell = (feedIds: number[]): void => {
    for (const feedId of feedIds) untold.delete(feedId);
    tellCounts(feedIds, people);
  };
  const look = onceMore(async () => {
    const feedIds = [...touched];
    touched.clear();
    const refresh = refreshing;
    refreshing = false;
    try {
      const gone = feedIds.length > 0 ? await people.exchange(feedIds) : [];
      if (gone.length > 0) moved(gone);
      if (refresh) feedIds.push(...(await people.refresh()));
      failing = false;
    } catch (fault) {
      if (!failing)
        log.warn(
          { err: fault },
          'who is connected cannot be written down; the people of this process count all the same',
        );
      failing = true;
    }
    tell(feedIds);
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
    const feedId = feedOfRoom(room);
    if (feedId === null) return;
    touched.add(feedId);
    untold.add(feedId);
    soon();
  };
  const refresh = setInterval(() => {
    refreshing = true;
    void look();
  }, bounds.presenceRefreshMs).unref();
  adapter.on('join-room', touch);
  adapter.on('leave-room', touch);

  return {
    recount: (feedIds) => {
      for (const feedId of feedIds) if (adapter.rooms.has(feedRoom(feedId))) touched.add(feedId);
      if (touched.size > 0) soon();
    },
    close: async () => {
      clearTimeout(timer);
      clearInterval(refresh);
      adapter.off('join-room', touch);
      adapter.off('leave-room', touch);
      try {
        const left = await inTime(
          look().then(() => people.leave()),
          bounds.closingMs,
        );
        if (left.length > 0) moved(left);
      } catch (fault) {
        log.warn({ err: fault }, 'who was connected here cannot be taken away; it counts for some seconds more');
      }
    },
  };
}

function tellCounts(feedIds: number[], people: People): void {
  const counted = new Map<number, Set<number>>();
  const peopleIn = (feedId: number): Set<number> => {
    const known = counted.get(feedId) ?? people.of(feedId);
    counted.set(feedId, known);
    return known;
  };
  for (const feedId of new Set(feedIds)) {
    for (const tab of people.tabsIn(feedId)) {
      const feeds = [...tab.rooms].flatMap((room) => feedOfRoom(room) ?? []);
      const count =
        feeds.length === 1 ? peopleIn(feedId).size : new Set(feeds.flatMap((feed) => [...peopleIn(feed)])).size;
      if (tab.data.count === count) continue;
      tab.data.count = count;
      tab.emit('count_updated', { count });
    }
  }
}
