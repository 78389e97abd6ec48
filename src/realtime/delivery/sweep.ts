import type { Logger } from '../../lib/logger.ts';
import { coalesce } from '../../lib/coalesce.ts';
import type { SocketLimits } from '../sockets/limits.ts';
import { findEnded, credentialsRoom } from '../sockets/credentials.ts';
import type { ListReaders } from './readers.ts';
import { updateRoomsOfUser } from '../sockets/rooms.ts';
import { closeTabs } from '../sockets/session-end.ts';
import { listIdsOf, listRoom, type Tab, type Tabs } from '../sockets/sockets.ts';
import { listPositions, teamListIdsByUser } from '../../models/list/queries.ts';

export interface Sweep {
  /** Compares the positions of the open lists with the database now. */
  compare: () => void;
  /** Checks now for everything that may have been missed. */
  all: () => void;
  stop: () => void;
}

/**
 * Makes up for lost hints. Every second while tabs are connected it reads the positions of their lists, which of their
 * sessions and tokens have ended, and which teams their users are in; every 20 s it sends the tabs their lists'
 * versions.
 */
export function startSweep(
  tabs: Tabs,
  readers: ListReaders,
  { sweepMs, heartbeatMs }: SocketLimits,
  log: Logger,
): Sweep {
  const compare = logFailures(() => compareLists(readers), log);
  const closeEnded = logFailures(() => closeEndedTabs(tabs), log);
  const checkTeams = logFailures(() => compareTeams(tabs), log);
  const all = (): void => {
    void compare();
    void closeEnded();
    void checkTeams();
  };
  const timers = [
    setInterval(all, sweepMs).unref(),
    setInterval(() => {
      sendVersions(tabs, readers);
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

/** Logs the first of several failures in a row; the next sweep retries. */
function logFailures(check: () => Promise<void>, log: Logger): () => Promise<void> {
  let failing = false;
  return coalesce(async () => {
    try {
      await check();
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'sweep failed, will retry');
      failing = true;
    }
  });
}

async function compareLists(readers: ListReaders): Promise<void> {
  const { listIds } = readers;
  if (listIds.length > 0) readers.compare(await listPositions(listIds));
}

async function closeEndedTabs(tabs: Tabs): Promise<void> {
  const owners = [...tabs.of('/').sockets.values()].map((tab) => tab.data);
  for (const { credentials, reason } of await findEnded(owners)) closeTabs(tabs, credentialsRoom(credentials), reason);
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

/** Updates the rooms of users whose joined team lists differ from the database. */
async function compareTeams(tabs: Tabs): Promise<void> {
  const open = tabsByUser(tabs);
  if (open.size === 0) return;
  const listIdsByUser = await teamListIdsByUser([...open.keys()]);
  const differs = (tab: Tab, listIds: ReadonlySet<number>): boolean => {
    const joined = listIdsOf(tab).filter((listId) => listId !== tab.data.viewer.listId);
    return joined.length !== listIds.size || joined.some((listId) => !listIds.has(listId));
  };
  for (const [userId, own] of open)
    if (own.some((tab) => differs(tab, listIdsByUser.get(userId) ?? new Set()))) await updateRoomsOfUser(tabs, userId);
}

function sendVersions(tabs: Tabs, readers: ListReaders): void {
  for (const [listId, position] of Object.entries(readers.delivered)) {
    tabs.to(listRoom(Number(listId))).emit('list_versions', { [listId]: position });
  }
}
