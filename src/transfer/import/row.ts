import type { FieldError } from '../../lib/errors.ts';
import { importAttributes, type ImportAttribute } from '../../schemas/import.ts';
import type { MergeDoc } from '../merge/options.ts';

export { importAttributes as fileAttributes, type ImportAttribute as FileAttribute };

/** A task of a file, read and in order. */
export interface ImportRow extends MergeDoc {
  externalId: string;
  description: string;
  /** Of a CSV file as a spreadsheet counts them, of a JSON file the place among its tasks from 1. */
  row: number;
  /** The key that the file gives it; null where the file has none, so that the key is made from what the row says. */
  fileId: string | null;
}

/** A row that is left out on purpose. */
export interface SkippedRow {
  row: number;
  description: string;
  /** A key of the words. */
  reason: string;
}

/** A row that cannot be imported; paths are attributes. */
export interface WrongRow {
  row: number;
  description: string;
  errors: FieldError[];
}

/** A whole file as tasks. */
export interface ImportRows {
  rows: ImportRow[];
  skipped: SkippedRow[];
  wrong: WrongRow[];
}
