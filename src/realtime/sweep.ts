import type { Logger } from '../lib/logger.ts';
import { Feed } from '../models/feed.ts';
import { Session } from '../models/session.ts';
import type { Bounds } from './bounds.ts';
import type { FeedReaders } from './readers.ts';
import { endTabs } from './session-end.ts';
import { feedRoom, sessionRoom, type Tabs } from './tabs.ts';

/**
 * Hints may be lost, this is what makes up for them. Every second it asks the database how far the feeds are
 * that are open here, and which of the sessions connected here have ended; every 20 s it tells the tabs how
 * far they should be.
 * @returns a function that stops it
 */
export function startSweep(tabs: Tabs, readers: FeedReaders, { sweepMs, heartbeatMs }: Bounds, log: Logger): () => void {
  let sweeping = false;
  let failing = false;
  const sweep = async (): Promise<void> => {
    if (sweeping) return;
    sweeping = true;
    try {
      await compareFeeds(readers);
      await endSessions(tabs);
      failing = false;
    } catch (fault) {
      if (!failing) log.warn({ err: fault }, 'the sweep over open feeds fails; it goes on trying');
      failing = true;
    } finally {
      sweeping = false;
    }
  };
  const timers = [
    setInterval(() => void sweep(), sweepMs).unref(),
    setInterval(() => { tellVersions(tabs, readers); }, heartbeatMs).unref(),
  ];
  return () => { timers.forEach(clearInterval); };
}

async function compareFeeds(readers: FeedReaders): Promise<void> {
  const { feedIds } = readers;
  if (feedIds.length > 0) readers.compare(await Feed.positions(feedIds));
}

async function endSessions(tabs: Tabs): Promise<void> {
  const sids = new Set([...tabs.of('/').sockets.values()].map((tab) => tab.data.sid));
  if (sids.size === 0) return;
  for (const { sid, reason } of await Session.ended([...sids])) endTabs(tabs, sessionRoom(sid), reason);
}

function tellVersions(tabs: Tabs, readers: FeedReaders): void {
  for (const [feedId, position] of Object.entries(readers.delivered)) {
    tabs.to(feedRoom(Number(feedId))).emit('feed_versions', { [feedId]: position });
  }
}
