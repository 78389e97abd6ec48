import { ValidationError, type FieldError } from '../../lib/errors.ts';
import { List, Task } from '../../models/index.ts';
import type { MergeAnswer } from '../merge/options.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import type { Columns } from './columns.ts';
import type { ImportRow, ImportRows } from './row.ts';
import { importRows } from './rows.ts';
import type { TaskFile } from '../task-file.ts';

export interface ImportOptions {
  /** One that the viewer may see (`List.chosen`). */
  listId: number;
  /** Where a CSV file comes from: its keys count among the files of this name. A file of ours names itself. */
  name: string;
  columns: Columns;
  /** Whether tasks that were imported before are changed to what the file says. */
  update: boolean;
  /** Whether the rest is imported where rows are wrong. */
  skipInvalid: boolean;
  /** Tells what would happen, and changes nothing. */
  dryRun: boolean;
  onProgress?: ((written: number, total: number) => void) | undefined;
}

export type Outcome = 'insert' | 'update' | 'unchanged' | 'skip' | 'wrong';

/** What happened to a row, or would, and why: attributes that change, keys of the words where it is left out or wrong. */
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
  /** The names of those that were made. */
  categories: string[];
  /** In the order of the file. */
  rows: ReportRow[];
}

/**
 * Imports a file through a merge: all of it or nothing.
 * @throws ValidationError with the errors of each wrong row, where they are not to be left out and this is no dry run
 */
export async function importFile(viewer: Viewer, file: TaskFile, options: ImportOptions): Promise<ImportReport> {
  const read = importRows(file, options.columns, viewer.timeZone);
  if (read.wrong.length > 0 && !options.skipInvalid && !options.dryRun) throw refusal(read.wrong);
  await skipKnown(file, read, options.listId);
  return reportOf(read, await mergeRows(viewer, file, read, options));
}

/** What stands where the file says only once more what was imported before is not written over what people made of it. */
function mergeRows(
  viewer: Viewer,
  file: TaskFile,
  { rows }: ImportRows,
  { listId, name, update, dryRun, onProgress }: ImportOptions,
): Promise<MergeAnswer> {
  return Task.merge<ImportRow>(viewer, {
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

/** What was exported from this very list is there already, and was not brought by an import: it would come twice. */
async function skipKnown(file: TaskFile, read: ImportRows, listId: number): Promise<void> {
  if (file.kind !== 'json') return;
  const known = await List.known(
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

function refusal(wrong: ImportRows['wrong']): ValidationError {
  return new ValidationError(
    ...wrong
      .slice(0, 100)
      .flatMap(({ row, errors }) =>
        errors.map((error) => ({ ...error, path: `rows.${String(row)}${error.path && `.${error.path}`}` })),
      ),
  );
}

function reportOf(
  { rows, skipped, wrong }: ImportRows,
  { insert, update, unchanged, categories }: MergeAnswer,
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
    ...wrong.map(({ row, description, errors }) => ({
      row,
      description,
      outcome: 'wrong' as const,
      id: null,
      changed: [],
      why: errors,
    })),
  ];
  return {
    counts: { insert: insert.length, update: update.length, unchanged, skip: skipped.length, wrong: wrong.length },
    categories: categories.map(({ name }) => name),
    rows: report.sort((a, b) => a.row - b.row),
  };
}
