import type { Logger } from '../lib/logger.ts';
import { onceMore } from '../lib/once-more.ts';
import { Feed } from '../models/feed.ts';
import { Session } from '../models/session.ts';
import type { Bounds } from './bounds.ts';
import type { FeedReaders } from './readers.ts';
import { endTabs } from './session-end.ts';
import { feedRoom, sessionRoom, type Tabs } from './tabs.ts';

export interface Sweep {
  /** Compares the feeds that are open here with the database, now. */
  compare: () => void;
  /** Looks for everything that may have been missed, now. */
  all: () => void;
  stop: () => void;
}

/**
 * Hints may be lost, this is what makes up for them. Every second it asks the database how far the feeds are
 * that are open here, and which of the sessions connected here have ended; every 20 s it tells the tabs how
 * far they should be.
 */
export function startSweep(tabs: Tabs, readers: FeedReaders, { sweepMs, heartbeatMs }: Bounds, log: Logger): Sweep {
  const compare = persistent(() => compareFeeds(readers), log);
  const endGone = persistent(() => endSessions(tabs), log);
  const all = (): void => {
    void compare();
    void endGone();
  };
  const timers = [
    setInterval(all, sweepMs).unref(),
    setInterval(() => { tellVersions(tabs, readers); }, heartbeatMs).unref(),
  ];
  return { compare: () => void compare(), all, stop: () => { timers.forEach(clearInterval); } };
}

/** A second later it is tried again; of failures in a row the first is logged. */
function persistent(look: () => Promise<void>, log: Logger): () => Promise<void> {
  let failing = false;
  return onceMore(async () => {
    try {
      await look();
      failing = false;
    } catch (fault) {
      if (!failing) log.warn({ err: fault }, 'the sweep over what is open here fails; it goes on trying');
      failing = true;
    }
  });
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
