/** Waiting for and recording the state after the load has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '../../src/config/connection.ts';
import { query, versionsIn } from './database.ts';
import type { Stored } from './evidence.ts';
import type { Tab } from './tab.ts';

const LOOK_MS = 20;

export const openTabs = (tabs: Tab[]): Tab[] => tabs.filter(({ record }) => record.open && !record.ended);

/** Records for each tab how long it took to reach the database's versions, if it did in time. */
export async function becomeCurrent(tabs: Tab[], database: Connection, patience: number): Promise<void> {
  const versions = await versionsIn(database);
  const began = performance.now();
  await Promise.all(
    tabs.map(async (tab) => {
      while (performance.now() - began < patience) {
        if (isAt(await tab.positions(), versions)) {
          tab.record.currentAfter = performance.now() - began;
          return;
        }
        await sleep(LOOK_MS);
      }
    }),
  );
}

/** Waits until tabs of ended sessions have noticed, or for `ms`: one whose server was down has to ask. */
export async function findOut(tabs: Tab[], patience: number): Promise<void> {
  const end = performance.now() + patience;
  while (performance.now() < end && tabs.some(({ record }) => record.ended && record.open)) await sleep(LOOK_MS);
}

/** Waits until each tab that shows the list has that version, or for `ms`. */
export async function arrive(tabs: Tab[], listId: number, version: number, patience: number): Promise<void> {
  const end = performance.now() + patience;
  await Promise.all(
    tabs.map(async (tab) => {
      while (performance.now() < end) {
        const held = (await tab.positions())[listId];
        if (held === undefined || held >= version) return;
        await sleep(LOOK_MS);
      }
    }),
  );
}

/** Records what the tabs show, after pages have reloaded what only the server knows. */
export async function finish(tabs: Tab[], patience: number): Promise<void> {
  const end = performance.now() + patience;
  await Promise.all(
    tabs.map(async (tab) => {
      do {
        await tab.finish();
        if (tab.record.final && isDeepStrictEqual(tab.record.final.rows, tab.record.final.freshRows)) return;
        await sleep(LOOK_MS * 10);
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

const isAt = (positions: Record<number, number>, versions: Record<number, number>): boolean =>
  Object.keys(positions).length > 0 &&
  Object.entries(positions).every(([listId, version]) => versions[Number(listId)] === version);

const SETTINGS = `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS "synchronousCommit"`;

const LISTS = `
  SELECT id, version::integer, kept_from::integer AS "keptFrom",
    array_remove(user_id || array(SELECT DISTINCT subject_id FROM events WHERE list_id = lists.id AND name = 'member_joined'), NULL) AS viewers
  FROM lists ORDER BY id`;
