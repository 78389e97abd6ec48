/**
 * Which stored task a row of a file is. The id in the file decides; a row without one is the task of the same source
 * with its title. Of several with one title, those that are equal belong together, then the first to the first.
 */
import { createHash } from 'node:crypto';
import { forEachYielding } from '../../lib/yielding.ts';
import type { StoredTask } from '../merge/options.ts';
import { changesOf } from '../merge/plan.ts';
import type { ImportRow } from './rows.ts';

const PREFIX = 'title-';

/** The external id of the first task with this title that a file without ids brings. */
export function titleKey(title: string): string {
  const plain = title.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  return PREFIX + createHash('sha256').update(plain).digest('base64url').slice(0, 22);
}

/** @param copy from 1 */
const keyOfCopy = (title: string, copy: number): string => (copy === 1 ? title : `${title}-${String(copy)}`);

/** The keys of the titles, by row. */
export type TitleKeys = ReadonlyMap<ImportRow, string>;

/** The external ids that the rows have if no stored task was renamed. */
export function firstKeys(titles: TitleKeys): string[] {
  const copies = new Map<string, number>();
  return [...titles].map(([{ fileId }, key]) => {
    if (fileId !== null) return fileId;
    const copy = (copies.get(key) ?? 0) + 1;
    copies.set(key, copy);
    return keyOfCopy(key, copy);
  });
}

/** The external ids of the rows: those of the stored tasks that they are, and new ones. */
export async function identifyRows(titles: TitleKeys, stored: readonly StoredTask[]): Promise<string[]> {
  const rows = [...titles.keys()];
  const byId = new Map(stored.map((task) => [task.externalId, task]));
  const used = new Set<string>();
  const found = new Map<ImportRow, string>();
  const pair = (row: ImportRow, { externalId }: StoredTask): void => {
    used.add(externalId);
    found.set(row, externalId);
  };
  for (const row of rows) {
    const task = row.fileId === null ? undefined : byId.get(row.fileId);
    if (task) pair(row, task);
  }
  const candidates = await byTitle(stored);
  const unmatched = rows.filter((row) => !found.has(row));
  await forEachYielding(
    groupBy(unmatched, (row) => titles.get(row) ?? ''),
    ([title, alike]) => {
      const same = candidates.get(title) ?? [];
      const mayBe = (row: ImportRow, { externalId }: StoredTask): boolean =>
        !used.has(externalId) && (row.fileId === null || externalId.startsWith(PREFIX));
      // Each compared with each, so not where thousands have one title.
      for (const row of same.length * alike.length <= COMPARED ? alike : []) {
        const equal = same.find((task) => mayBe(row, task) && isEqual(row, task));
        if (equal) pair(row, equal);
      }
      pairInOrder(
        alike.filter((row) => !found.has(row) && row.fileId !== null),
        same.filter(({ externalId }) => !used.has(externalId) && externalId.startsWith(PREFIX)),
        pair,
      );
      pairInOrder(
        alike.filter((row) => !found.has(row) && row.fileId === null),
        same.filter(({ externalId }) => !used.has(externalId)),
        pair,
      );
    },
  );
  const copies = new Map<string, number>();
  return rows.map((row) => found.get(row) ?? row.fileId ?? newKey(titles.get(row) ?? '', copies, byId));
}

const COMPARED = 10_000;

function pairInOrder(
  rows: readonly ImportRow[],
  tasks: readonly StoredTask[],
  pair: (row: ImportRow, task: StoredTask) => void,
) {
  rows.slice(0, tasks.length).forEach((row, n) => {
    const task = tasks[n];
    if (task) pair(row, task);
  });
}

/** By the title that they were imported with, and by that which they have now; in the order of the file, then trash. */
async function byTitle(stored: readonly StoredTask[]): Promise<Map<string, StoredTask[]>> {
  const copies = new Map<StoredTask, number>();
  await forEachYielding(stored, (task) => copies.set(task, copyOf(task)));
  const copy = (task: StoredTask): number => copies.get(task) ?? 0;
  const sorted = [...stored].sort(
    (a, b) => Number(a.deletedAt !== null) - Number(b.deletedAt !== null) || copy(a) - copy(b) || b.id - a.id,
  );
  const byKey = new Map<string, StoredTask[]>();
  await forEachYielding(sorted, (task) => {
    const { externalId, description } = task;
    const keys = new Set([titleKey(description)]);
    if (externalId.startsWith(PREFIX)) keys.add(externalId.slice(0, KEY_LENGTH));
    for (const key of keys) {
      const others = byKey.get(key);
      if (others) others.push(task);
      else byKey.set(key, [task]);
    }
  });
  return byKey;
}

const copyOf = ({ externalId }: StoredTask): number =>
  externalId.startsWith(PREFIX) ? Number(/-(\d+)$/.exec(externalId.slice(KEY_LENGTH))?.[1] ?? 1) : 0;
const KEY_LENGTH = titleKey('').length;

const isEqual = (row: ImportRow, stored: StoredTask): boolean =>
  Object.keys(changesOf({ ...row, description: undefined }, stored, false)).length === 0;

/** A key of the title that no stored task has. @param copies given so far, by title */
function newKey(title: string, copies: Map<string, number>, stored: ReadonlyMap<string, StoredTask>): string {
  let copy = copies.get(title) ?? 0;
  do copy++;
  while (stored.has(keyOfCopy(title, copy)));
  copies.set(title, copy);
  return keyOfCopy(title, copy);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
