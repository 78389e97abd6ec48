import type { Viewer } from '../../database/visible-lists.ts';
import { type FieldError, RateLimitError } from '../../lib/errors.ts';
import { FairQueue } from '../../lib/fair-queue.ts';
import { Semaphore } from '../../lib/semaphore.ts';
import type { DateOrder } from '../../lib/written-date.ts';
import { forEachYielding, nextTurn } from '../../lib/yielding.ts';
import { findExportedTasks } from '../../models/list/list-export.ts';
import { mergeQueue, mergeTasks } from '../merge/index.ts';
import type { MergeResult } from '../merge/options.ts';
import type { TaskFile } from '../task-file.ts';
import type { Columns } from './columns.ts';
import { readCsvRows } from './csv-rows.ts';
import { readJsonRows } from './json-rows.ts';
import { firstKeys, identifyRows, titleKey } from './match.ts';
import { rowErrors, type AmbiguousDate, type ImportRow, type ImportRows } from './rows.ts';

const files = new Semaphore(2);
/** The largest files take several hundred MB while they are read: two at a time, and one per person. */
export const importQueue = new FairQueue(
  () => files,
  3,
  () => new RateLimitError(10),
);

export interface ImportOptions {
  /** One that the viewer may see (`resolveVisibleList`). */
  listId: number;
  /** The source of a CSV file: keys are unique among files of this name. An export of ours names itself. */
  name: string;
  columns: Columns;
  /** How dates such as 03/04/2026 are read; null: as the other dates of the file tell, or as is usual. */
  dates: DateOrder | null;
  /** Null: where nothing tells, they are errors. */
  usualDates: DateOrder | null;
  /** Whether tasks that were imported before are updated. */
  update: boolean;
  /** Whether the other rows are imported where some are invalid. */
  skipInvalid: boolean;
  /** Reports what would happen, and changes nothing. */
  dryRun: boolean;
  onProgress?: ((written: number, total: number) => void) | undefined;
}

export type Outcome = 'insert' | 'update' | 'unchanged' | 'skip' | 'wrong';

/** What happened to a row, or would. */
export interface ReportRow {
  row: number;
  description: string;
  outcome: Outcome;
  id: number | null;
  changed: string[];
  /** Why it is skipped or invalid, or what of it is imported otherwise than it stands there. */
  why: FieldError[];
  /** The task as it is in the file; null where there is none. */
  task: ImportRow | null;
}

export interface ImportReport {
  counts: Record<Outcome, number>;
  /** The names of the new ones. */
  categories: string[];
  /** In the order of the file. */
  rows: ReportRow[];
  ambiguousDate: AmbiguousDate | null;
  ignoredColumns: string[];
}

/**
 * Imports a file through a merge: all or nothing.
 * @throws ValidationError with the errors of each invalid row, unless those are skipped or this is a dry run
 */
export async function importFile(viewer: Viewer, file: TaskFile, options: ImportOptions): Promise<ImportReport> {
  const { columns, dates: order, usualDates: usual } = options;
  const allOrNothing = !options.skipInvalid && !options.dryRun;
  const read =
    file.kind === 'json'
      ? await readJsonRows(file, allOrNothing)
      : await readCsvRows(file, columns, { timeZone: viewer.timeZone, order, usual }, allOrNothing);
  if (read.invalid.length > 0 && allOrNothing) throw rowErrors(read.invalid);
  await skipExported(file, read, options.listId);
  const result = await mergeQueue.run(viewer.id, () => mergeRows(viewer, file, read, options));
  await nextTurn();
  return reportOf(read, result);
}

/**
 * The last row is inserted first: a list shows what came last on top, and so shows the tasks in the order of the file.
 * The title by which a row was matched does not overwrite what people made of it.
 */
async function mergeRows(
  viewer: Viewer,
  file: TaskFile,
  { rows }: ImportRows,
  { listId, name, update, dryRun, onProgress }: ImportOptions,
): Promise<MergeResult> {
  const titles = new Map<ImportRow, string>();
  await forEachYielding(rows, (row) => titles.set(row, titleKey(row.description)));
  const keys = firstKeys(titles);
  const result = await mergeTasks<ImportRow>(viewer, {
    listId,
    provider: file.kind === 'json' ? `import:taskwire-${file.listKey}` : `import:${name}`,
    docs: rows.map((row, n) => ({ ...row, externalId: keys[n] })).reverse(),
    identify: async (stored) => (await identifyRows(titles, stored)).reverse(),
    update:
      update &&
      ((row, stored) =>
        row.fileId === null && titleKey(row.description) !== titleKey(stored.description)
          ? { ...row, description: undefined }
          : row),
    remove: false,
    dryRun,
    onProgress: (written) => {
      onProgress?.(written, rows.length);
    },
  });
  const inOrder = <Changed extends { index: number }>(changed: Changed[]): Changed[] =>
    changed.map((one) => ({ ...one, index: rows.length - 1 - one.index })).reverse();
  const [insert, updated] = [inOrder(result.insert), inOrder(result.update)];
  // Of the rows: a stored task that only has the title of one is not in the file.
  return { ...result, insert, update: updated, unchanged: rows.length - insert.length - updated.length };
}

/** Tasks that were exported from this very list are in it already, without an import's key: skipped as duplicates. */
async function skipExported(file: TaskFile, read: ImportRows, listId: number): Promise<void> {
  if (file.kind !== 'json') return;
  const known = await findExportedTasks(
    listId,
    read.rows.map(({ fileId }) => Number(fileId)).filter((id) => Number.isInteger(id) && id > 0 && id < 2 ** 31),
  );
  if (known.key !== file.listKey) return;
  const isHere = ({ fileId }: ImportRow): boolean => known.ids.has(Number(fileId));
  read.skipped = read.skipped.concat(
    read.rows.filter(isHere).map(({ row, description }) => ({ row, description, reason: 'imports.skipped.here' })),
  );
  read.rows = read.rows.filter((row) => !isHere(row));
}

function reportOf(
  { rows, skipped, invalid, ambiguousDate, ignoredColumns }: ImportRows,
  { insert, update, unchanged, categories }: MergeResult,
): ImportReport {
  const outcomes = new Map<number, Pick<ReportRow, 'outcome' | 'id' | 'changed'>>();
  for (const { index, id } of insert) outcomes.set(index, { outcome: 'insert', id, changed: [] });
  for (const { index, id, changed } of update) outcomes.set(index, { outcome: 'update', id, changed });
  const nothing = { id: null, changed: [], task: null };
  const report: ReportRow[] = [
    ...rows.map((task, index) => ({
      row: task.row,
      description: task.description,
      ...(outcomes.get(index) ?? { outcome: 'unchanged' as const, id: null, changed: [] }),
      why: task.remarks,
      task,
    })),
    ...skipped.map(({ row, description, reason }) => ({
      ...nothing,
      row,
      description,
      outcome: 'skip' as const,
      why: [{ path: '', message: reason }],
    })),
    ...invalid.map(({ row, description, errors }) => ({
      ...nothing,
      row,
      description,
      outcome: 'wrong' as const,
      why: errors,
    })),
  ];
  return {
    counts: { insert: insert.length, update: update.length, unchanged, skip: skipped.length, wrong: invalid.length },
    categories: categories.map(({ name }) => name),
    rows: report.sort((a, b) => a.row - b.row),
    ambiguousDate,
    ignoredColumns,
  };
}
