/** A valid task of a file. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CsvRow } from '../../lib/csv.ts';
import { parse } from '../../lib/parse.ts';
import { ValidationError, type FieldError } from '../../lib/errors.ts';
import { checkWindow } from '../../models/task/availability.ts';
import { docFields, externalKey } from '../../schemas/merge.ts';
import { limits } from '../../shared/limits.ts';
import type { MergeDoc } from '../merge/options.ts';
import { fileError, type CsvFile, type ExportFile, type TaskFile } from '../task-file.ts';
import * as cells from './cells.ts';
import type { ImportAttribute } from '../../schemas/import.ts';
import type { Columns } from './columns.ts';
import { oneLine, plausibleTime, taskDay } from '../../schemas/shared.ts';
import { categoryColor, categoryName } from '../../schemas/category.ts';
import { taskDescription, taskNotes } from '../../schemas/task.ts';

export interface ImportRow extends MergeDoc {
  externalId: string;
  description: string;
  /** In a CSV file as a spreadsheet counts, in a JSON file the position among its tasks, from 1. */
  row: number;
  /** Its key in the file; null where the file has none, and the key is a digest of the row. */
  fileId: string | null;
}

/** A row that is not imported on purpose. */
export interface SkippedRow {
  row: number;
  description: string;
  /** A key of the translations. */
  reason: string;
}

/** A row with errors; paths are attributes. */
export interface InvalidRow {
  row: number;
  description: string;
  errors: FieldError[];
}

/** A whole file as tasks. */
export interface ImportRows {
  rows: ImportRow[];
  skipped: SkippedRow[];
  invalid: InvalidRow[];
}

/** A task of the file before its key is known. */
type Draft = Omit<ImportRow, 'externalId'> & { deleted: boolean };

/**
 * The tasks of a file, with its invalid rows.
 * @param columns of a CSV file
 * @param timeZone of times without an offset
 * @throws ValidationError where no column is the description
 */
export function readRows(file: TaskFile, columns: Columns, timeZone: string): ImportRows {
  const drafts = file.kind === 'json' ? tasksOf(file) : rowsOf(file, columns, timeZone);
  return withKeys(drafts);
}

interface Attempt {
  row: number;
  description: string;
  draft: () => Draft;
}

function rowsOf({ header, rows }: CsvFile, columns: Columns, timeZone: string): Attempt[] {
  const { description } = columns;
  if (description === undefined)
    throw new ValidationError({ path: 'column-description', message: 'imports.wrong.whichDescription' });
  return rows.map((one) => ({
    row: one.row,
    description: cells.textCell(oneLine(one.cells[description] ?? '')),
    draft: () => draftOf(one, header.length, columns, timeZone),
  }));
}

function draftOf({ row, cells: all }: CsvRow, width: number, columns: Columns, timeZone: string): Draft {
  if (all.length !== width)
    throw new ValidationError({
      path: '',
      message: 'imports.wrong.cells',
      params: { cells: all.length, columns: width },
    });
  const errors: ValidationError['errors'] = [];
  const read = <T>(attribute: ImportAttribute, parseCell: (cell: string) => T): T | undefined => {
    const column = columns[attribute];
    if (column === undefined) return undefined;
    try {
      return parseCell(all[column] ?? '');
    } catch (error) {
      if (!(error instanceof cells.InvalidCellError)) throw error;
      errors.push({ path: attribute, message: error.message, params: error.params });
      return undefined;
    }
  };
  const draft = {
    row,
    fileId:
      read('id', (cell) => cells.longTextCell(cell, limits.externalId, 'imports.wrong.keyTooLong') || null) ?? null,
    description:
      read('description', (cell) =>
        required(cells.longTextCell(oneLine(cell.trim()), limits.description, 'errors.descriptionTooLong')),
      ) ?? '',
    notes: read('notes', (cell) => cells.longTextCell(cell, limits.notes, 'errors.notesTooLong') || null),
    completed: read('completed', cells.booleanCell),
    completedAt: read('completedAt', (cell) => cells.momentCell(cell, timeZone)),
    dueOn: read('dueOn', cells.dayCell),
    priority: read('priority', cells.priorityCell),
    order: read('order', cells.numberCell),
    availableFrom: read('availableFrom', (cell) => cells.momentCell(cell, timeZone)),
    availableUntil: read('availableUntil', (cell) => cells.momentCell(cell, timeZone)),
    categories: read('categories', (cell) => cells.categoriesCell(cell)),
    deleted: read('deletedAt', (cell) => cell.trim() !== '') ?? false,
  };
  if (errors.length > 0) throw new ValidationError(...errors);
  return { ...draft, ...parse(cellRules, draft) };
}

/** The rules of every other way in, for what the cells were read as. */
const cellRules = z.object({
  description: taskDescription,
  notes: taskNotes.optional(),
  completedAt: plausibleTime.nullish(),
  dueOn: taskDay.nullish(),
  availableFrom: plausibleTime.nullish(),
  availableUntil: plausibleTime.nullish(),
  categories: z
    .array(
      z.object({
        name: z.object({ original: categoryName }).catchall(z.string()),
        color: categoryColor.optional(),
      }),
    )
    .optional(),
});

function required(description: string): string {
  if (description === '') throw new cells.InvalidCellError('errors.descriptionMissing');
  return description;
}

const taskInFile = z.object({
  id: externalKey.optional(),
  description: taskDescription,
  ...docFields,
  deletedAt: z.unknown().optional(),
});

function tasksOf({ tasks, categories: defined }: ExportFile): Attempt[] {
  return tasks.map((task, index) => {
    const { description } = Object(task) as { description?: unknown };
    return {
      row: index + 1,
      description: typeof description === 'string' ? description.slice(0, limits.description) : '',
      draft: () => {
        const { id = null, deletedAt = null, categories = [], ...fields } = parse(taskInFile, task);
        return {
          ...fields,
          row: index + 1,
          fileId: id,
          deleted: deletedAt !== null,
          categories: categories.map((one) => defined.get(one.name.original) ?? one),
        };
      },
    };
  });
}

function withKeys(attempts: Attempt[]): ImportRows {
  const found: ImportRows = { rows: [], skipped: [], invalid: [] };
  const keys = new Map<string, number>();
  const copies = new Map<string, number>();
  for (const { row, description, draft } of attempts) {
    try {
      const { deleted, ...task } = draft();
      checkWindow(task, new Date(0));
      const externalId = task.fileId ?? digestOf(task, copies);
      const other = keys.get(externalId);
      if (other !== undefined)
        throw new ValidationError({ path: 'id', message: 'imports.wrong.keyTwiceInFile', params: { row: other } });
      keys.set(externalId, row);
      if (deleted) found.skipped.push({ row, description, reason: 'imports.skipped.inTrash' });
      else found.rows.push({ ...task, externalId });
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      found.invalid.push({ row, description, errors: error.errors });
    }
  }
  if (attempts.length === 0) throw fileError('empty');
  return found;
}

/** The same row has the same key when the file is imported again; equal rows of one file are numbered. */
function digestOf(
  { row: _, fileId: _none, ...content }: Omit<ImportRow, 'externalId'>,
  copies: Map<string, number>,
): string {
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
  const before = copies.get(digest) ?? 0;
  copies.set(digest, before + 1);
  return before === 0 ? `row-${digest}` : `row-${digest}-${String(before + 1)}`;
}
