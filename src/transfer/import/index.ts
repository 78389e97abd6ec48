import type { Viewer } from '../../database/visible-lists.ts';
import { type FieldError, RateLimitError, ValidationError } from '../../lib/errors.ts';
import { FairQueue } from '../../lib/fair-queue.ts';
import { findExportedTasks } from '../../models/list/list-export.ts';
import { mergeTasks } from '../merge/index.ts';
import type { MergeResult } from '../merge/options.ts';
import type { TaskFile } from '../task-file.ts';
import type { Columns } from './columns.ts';
import { readRows, type ImportRow, type ImportRows } from './rows.ts';

/** The largest files take several hundred MB while they are read: two at a time, and one per person. */
export const importQueue = new FairQueue(2, 3, () => new RateLimitError(10));

export interface ImportOptions {
  /** One that the viewer may see (`resolveVisibleList`). */
  listId: number;
  /** The source of a CSV file: keys are unique among files of this name. An export of ours names itself. */
  name: string;
  columns: Columns;
  /** Whether tasks that were imported before are updated. */
  update: boolean;
  /** Whether the other rows are imported where some are invalid. */
  skipInvalid: boolean;
  /** Reports what would happen, and changes nothing. */
  dryRun: boolean;
  onProgress?: ((written: number, total: number) => void) | undefined;
}

export type Outcome = 'insert' | 'update' | 'unchanged' | 'skip' | 'wrong';

/** What happened to a row, or would; `why` it is skipped or invalid. */
export interface ReportRow {
  row: number;
  description: string;
  outcome: Outcome;
  id: number | null;
  changed: string[];
  why: FieldError[];
}

export interface ImportReport {
  counts: Record<Outcome, number>;
  /** The names of the new ones. */
  categories: string[];
  /** In the order of the file. */
  rows: ReportRow[];
}

/**
 * Imports a file through a merge: all or nothing.
 * @throws ValidationError with the errors of each invalid row, unless those are skipped or this is a dry run
 */
export async function importFile(viewer: Viewer, file: TaskFile, options: ImportOptions): Promise<ImportReport> {
  const read = readRows(file, options.columns, viewer.timeZone);
  if (read.invalid.length > 0 && !options.skipInvalid && !options.dryRun) throw rowErrors(read.invalid);
  await skipExported(file, read, options.listId);
  return reportOf(read, await mergeRows(viewer, file, read, options));
}

/** A row without a key of its own cannot have changed, so it does not overwrite edits that people made to its task. */
function mergeRows(
  viewer: Viewer,
  file: TaskFile,
  { rows }: ImportRows,
  { listId, name, update, dryRun, onProgress }: ImportOptions,
): Promise<MergeResult> {
  return mergeTasks<ImportRow>(viewer, {
    listId,
    provider: file.kind === 'json' ? `import:taskwire-${file.listKey}` : `import:${name}`,
    docs: rows,
    compare: ({ externalId }) => externalId,
    update: update && ((row, stored) => (row.fileId === null && !stored.deletedAt ? null : row)),
    remove: false,
    dryRun,
    onProgress: (written) => {
      onProgress?.(written, rows.length);
    },
  });
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
  read.skipped.push(
    ...read.rows.filter(isHere).map(({ row, description }) => ({ row, description, reason: 'imports.skipped.here' })),
  );
  read.rows = read.rows.filter((row) => !isHere(row));
}

function rowErrors(invalid: ImportRows['invalid']): ValidationError {
  return new ValidationError(
    ...invalid
      .slice(0, 100)
      .flatMap(({ row, errors }) =>
        errors.map((error) => ({ ...error, path: `rows.${String(row)}${error.path && `.${error.path}`}` })),
      ),
  );
}

function reportOf(
  { rows, skipped, invalid }: ImportRows,
  { insert, update, unchanged, categories }: MergeResult,
): ImportReport {
  const outcomes = new Map<number, Pick<ReportRow, 'outcome' | 'id' | 'changed'>>();
  for (const { index, id } of insert) outcomes.set(index, { outcome: 'insert', id, changed: [] });
  for (const { index, id, changed } of update) outcomes.set(index, { outcome: 'update', id, changed });
  const report: ReportRow[] = [
    ...rows.map(({ row, description }, index) => ({
      row,
      description,
      ...(outcomes.get(index) ?? { outcome: 'unchanged' as const, id: null, changed: [] }),
      why: [],
    })),
    ...skipped.map(({ row, description, reason }) => ({
      row,
      description,
      outcome: 'skip' as const,
      id: null,
      changed: [],
      why: [{ path: '', message: reason }],
    })),
    ...invalid.map(({ row, description, errors }) => ({
      row,
      description,
      outcome: 'wrong' as const,
      id: null,
      changed: [],
      why: errors,
    })),
  ];
  return {
    counts: { insert: insert.length, update: update.length, unchanged, skip: skipped.length, wrong: invalid.length },
    categories: categories.map(({ name }) => name),
    rows: report.sort((a, b) => a.row - b.row),
  };
}
