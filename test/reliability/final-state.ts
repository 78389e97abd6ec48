/** Waits for and records the state after the load has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '../../src/config/connection.ts';
import { query, readVersions } from './database.ts';
import type { Stored } from './evidence.ts';
import type { Tab } from './tab.ts';

const POLL_MS = 20;

export const liveTabs = (tabs: Tab[]): Tab[] => tabs.filter(({ record }) => record.open && !record.ended);

/** Records for each tab how long it took to reach the database's versions, if it did in time. */
export async function waitUntilCurrent(tabs: Tab[], database: Connection, timeoutMs: number): Promise<void> {
  const versions = await readVersions(database);
  const start = performance.now();
  await Promise.all(
    tabs.map(async (tab) => {
      while (performance.now() - start < timeoutMs) {
        if (matches(await tab.positions(), versions)) {
          tab.record.currentAfter = performance.now() - start;
          return;
        }
        await sleep(POLL_MS);
      }
    }),
  );
}

/** Waits, with a timeout, until tabs of ended sessions have noticed: one whose server was down has to ask. */
export async function waitUntilEnded(tabs: Tab[], timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end && tabs.some(({ record }) => record.ended && record.open)) await sleep(POLL_MS);
}

/** Waits, with a timeout, until each tab that shows the list has that version. */
export async function waitForVersion(tabs: Tab[], listId: number, version: number, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  await Promise.all(
    tabs.map(async (tab) => {
      while (performance.now() < end) {
        const current = (await tab.positions())[listId];
        if (current === undefined || current >= version) return;
        await sleep(POLL_MS);
      }
    }),
  );
}

/** Records what the tabs show, after pages have reloaded what only the server knows. */
export async function recordFinalState(tabs: Tab[], timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  await Promise.all(
    tabs.map(async (tab) => {
      do {
        await tab.recordFinalState();
        if (tab.record.final && isDeepStrictEqual(tab.record.final.rows, tab.record.final.freshRows)) return;
        await sleep(POLL_MS * 10);
      } while (performance.now() < end);
    }),
  );
}

export async function readStored(database: Connection): Promise<Stored> {
  const [settings] = await query<Pick<Stored, 'fsync' | 'synchronousCommit'>>(database, SETTINGS);
  return {
    ...settings!,
    lists: await query(database, LISTS),
    events: await query(
      database,
      'SELECT list_id AS "listId", version::integer, name, subject_id AS "subjectId" FROM events ORDER BY list_id, version',
    ),
    tasks: await query(
      database,
      'SELECT id, list_id AS "listId", description, completed_at IS NOT NULL AS completed, deleted_at IS NOT NULL AS trashed FROM tasks ORDER BY id',
    ),
  };
}

const matches = (positions: Record<number, number>, versions: Record<number, number>): boolean =>
  Object.keys(positions).length > 0 &&
  Object.entries(positions).every(([listId, version]) => versions[Number(listId)] === version);

const SETTINGS = `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS "synchronousCommit"`;

const LISTS = `
  SELECT id, version::integer, kept_from::integer AS "keptFrom",
    array_remove(user_id || array(SELECT DISTINCT subject_id FROM events WHERE list_id = lists.id AND name = 'member_joined'), NULL) AS viewers
  FROM lists ORDER BY id`;
