import { MAX_ERRORS, ValidationError, type FieldError } from '../../lib/errors.ts';
import type { DateOrder } from '../../lib/written-date.ts';
import { checkWindow } from '../../models/task/availability.ts';
import type { MergeDoc } from '../merge/options.ts';

/** A valid task of a file. */
export interface ImportRow extends MergeDoc {
  description: string;
  /** In a CSV file as a spreadsheet counts, in a JSON file the position among its tasks, from 1. */
  row: number;
  /** Its key in the file; null where the file has none, and the title stands for it. */
  fileId: string | null;
  /** What of the row is imported otherwise than it stands there; paths are attributes. */
  remarks: FieldError[];
}

/** A row that is not a task of its own, or is left out on purpose. */
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

/** A date of the file that can be read in several ways, and how it is read. */
export interface AmbiguousDate {
  text: string;
  days: Partial<Record<DateOrder, string>>;
  /** Null: nothing tells, and such dates are errors. */
  order: DateOrder | null;
}

/** A whole file as tasks. */
export interface ImportRows {
  rows: ImportRow[];
  skipped: SkippedRow[];
  invalid: InvalidRow[];
  ambiguousDate: AmbiguousDate | null;
  /** The names of columns that have something in them and are not imported. */
  ignoredColumns: string[];
}

export const rowErrors = (invalid: readonly InvalidRow[]): ValidationError =>
  new ValidationError(
    invalid
      .slice(0, MAX_ERRORS)
      .flatMap(({ row, errors }) =>
        errors.map((error) => ({ ...error, path: `rows.${String(row)}${error.path && `.${error.path}`}` })),
      ),
  );

export type Draft = ImportRow & { deleted: boolean };

/** Errors of one row that are kept. */
const MAX_ROW_ERRORS = 20;

/** Gathers the tasks of a file in its order. */
export class RowCollector {
  readonly found: ImportRows = { rows: [], skipped: [], invalid: [], ambiguousDate: null, ignoredColumns: [] };
  /** The rows of the keys. */
  readonly #keys = new Map<string, number>();
  readonly #stops: boolean;

  /** @param stops whether a hundred invalid rows end the reading */
  constructor(stops: boolean) {
    this.#stops = stops;
  }

  /** @returns the task that `read` gives; null where it is invalid or was in the trash */
  add(row: number, description: string, read: () => Draft): ImportRow | null {
    try {
      const { deleted, ...task } = read();
      checkWindow(task, new Date(0));
      this.#claim(task);
      if (deleted) this.skip(row, description, 'imports.skipped.inTrash');
      else this.found.rows.push(task);
      return deleted ? null : task;
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      this.refuse(row, description, error.errors);
      return null;
    }
  }

  /** @throws ValidationError with the errors so far, once a hundred rows are invalid and the reading is to stop then */
  refuse(row: number, description: string, errors: readonly FieldError[]): void {
    const { invalid } = this.found;
    // Of files with thousands of invalid rows only the first are reported.
    invalid.push({ row, description, errors: invalid.length < MAX_ERRORS ? errors.slice(0, MAX_ROW_ERRORS) : [] });
    if (this.#stops && invalid.length === MAX_ERRORS) throw rowErrors(invalid);
  }

  skip(row: number, description: string, reason: string): void {
    this.found.skipped.push({ row, description, reason });
  }

  #claim({ row, fileId }: ImportRow): void {
    if (fileId === null) return;
    const other = this.#keys.get(fileId);
    if (other !== undefined)
      throw new ValidationError({ path: 'id', message: 'imports.wrong.keyTwiceInFile', params: { row: other } });
    this.#keys.set(fileId, row);
  }
}
