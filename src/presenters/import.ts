import { MAX_ERRORS, type FieldError } from '../lib/errors.ts';
import type { Translate } from '../shared/translations.ts';

type Outcome = 'insert' | 'update' | 'unchanged' | 'skip' | 'wrong';

/** The part of an import's report that the response needs. */
interface ImportReport {
  counts: Record<Outcome, number>;
  categories: string[];
  ignoredColumns: string[];
  rows: {
    row: number;
    description: string;
    outcome: Outcome;
    id: number | null;
    changed: string[];
    why: FieldError[];
  }[];
}

/** The response of the API to an import. @param t for the messages of invalid rows */
export function presentImportReport({ counts, categories, ignoredColumns, rows }: ImportReport, t: Translate) {
  const remarks = rows
    .filter(({ outcome }) => outcome !== 'wrong' && outcome !== 'skip')
    .flatMap(({ row, why }) => why.map((remark) => ({ row, ...remark })));
  const rowsWith = (outcome: Outcome) => rows.filter((row) => row.outcome === outcome);
  return {
    insert: rowsWith('insert').map(({ row, id, description }) => ({ row, id, description })),
    update: rowsWith('update').map(({ row, id, description, changed }) => ({ row, id, description, changed })),
    unchanged: counts.unchanged,
    skip: rowsWith('skip').map(({ row, description, why }) => ({
      row,
      description,
      reason: why[0]?.message.split('.').at(-1),
    })),
    wrong: rowsWith('wrong')
      .slice(0, MAX_ERRORS)
      .map(({ row, why }) => ({
        row,
        errors: why.map(({ path, message, params }) => ({ path, message: t(message, params) })),
      })),
    remarks: remarks
      .slice(0, MAX_ERRORS)
      .map(({ row, path, message, params }) => ({ row, path, message: t(message, params) })),
    ignoredColumns,
    categories,
  };
}
