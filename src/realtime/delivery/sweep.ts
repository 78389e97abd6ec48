import type { Logger } from '../../lib/logger.ts';
import { coalesce } from '../../lib/coalesce.ts';
import type { Bounds } from '../sockets/limits.ts';
import { endedAmong, passRoom } from '../sockets/credentials.ts';
import type { ListReaders } from './readers.ts';
import { reviseRoomsOf } from '../sockets/rooms.ts';
import { endTabs } from '../sockets/session-end.ts';
import { listOfRoom, listRoom, type Tab, type Tabs } from '../sockets/sockets.ts';
import { listPositions, teamListIdsByUser } from '../../models/list/queries.ts';

export interface Sweep {
  /** Compares the lists that are open here with the database, now. */
  compare: () => void;
  /** Looks for everything that may have been missed, now. */
  all: () => void;
  stop: () => void;
}

/**
 * Hints may be lost, this is what makes up for them. Every second it asks the database how far the lists are
 * that are open here, which of the sessions and tokens connected here have ended, and which teams the people
 * here are in; every 20 s it tells the tabs how far they should be.
 */
export function startSweep(tabs: Tabs, readers: ListReaders, { sweepMs, heartbeatMs }: Bounds, log: Logger): Sweep {
  const compare = persistent(() => compareLists(readers), log);
  const endGone = persistent(() => endAccess(tabs), log);
  const reviseTeams = persistent(() => compareTeams(tabs), log);
  const all = (): void => {
    void compare();
    void endGone();
    void reviseTeams();
  };
  const timers = [
    setInterval(all, sweepMs).unref(),
    setInterval(() => {
      tellVersions(tabs, readers);
    }, heartbeatMs).unref(),
  ];
  return {
    compare: () => void compare(),
    all,
    stop: () => {
      timers.forEach(clearInterval);
    },
  };
}

/** A second later it is tried again; of failures in a row the first is logged. */
function persistent(look: () => Promise<void>, log: Logger): () => Promise<void> {
  let failing = false;
  return coalesce(async () => {
    try {
      await look();
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'the sweep over what is open here fails; it goes on trying');
      failing = true;
    }
  });
}

async function compareLists(readers: ListReaders): Promise<void> {
  const { listIds } = readers;
  if (listIds.length > 0) readers.compare(await listPositions(listIds));
}

async function endAccess(tabs: Tabs): Promise<void> {
  const owners = [...tabs.of('/').sockets.values()].map((tab) => tab.data);
  for (const { pass, reason } of await endedAmong(owners)) endTabs(tabs, passRoom(pass), reason);
}

function tabsByUser(tabs: Tabs): Map<number, Tab[]> {
  const open = new Map<number, Tab[]>();
  for (const tab of tabs.of('/').sockets.values()) {
    const { id } = tab.data.viewer;
    const own = open.get(id);
    if (own) own.push(tab);
    else open.set(id, [tab]);
  }
  return open;
}

/** Whoever is in other rooms than the teams' lists say is looked at again. */
async function compareTeams(tabs: Tabs): Promise<void> {
  const open = tabsByUser(tabs);
  if (open.size === 0) return;
  const there = await teamListIdsByUser([...open.keys()]);
  const differs = (tab: Tab, listIds: ReadonlySet<number>): boolean => {
    const joined = [...tab.rooms]
      .flatMap((room) => listOfRoom(room) ?? [])
      .filter((listId) => listId !== tab.data.viewer.listId);
    return joined.length !== listIds.size || joined.some((listId) => !listIds.has(listId));
  };
  for (const [userId, own] of open)
    if (own.some((tab) => differs(tab, there.get(userId) ?? new Set()))) await reviseRoomsOf(tabs, userId);
}

function tellVersions(tabs: Tabs, readers: ListReaders): void {
  for (const [listId, position] of Object.entries(readers.delivered)) {
    tabs.to(listRoom(Number(listId))).emit('list_versions', { [listId]: position });
  }
}
