import { z } from 'zod';
import { type Columns, guessColumns } from '../../transfer/import/columns.ts';
import type { TaskFile } from '../../transfer/task-file.ts';
import { recordId } from '../../lib/parse.ts';
import { dateOrder, type ImportAttribute, importAttributes, importName } from '../../schemas/import.ts';
import { limits } from '../../shared/limits.ts';

const checked = z
  .literal('on', 'errors.invalid')
  .optional()
  .transform((value) => value === 'on');
const column = z
  .string('errors.invalid')
  .regex(/^\d{0,3}$/, 'errors.invalid')
  .optional();
const columnFields = Object.fromEntries(importAttributes.map((attribute) => [`column-${attribute}`, column])) as Record<
  `column-${ImportAttribute}`,
  typeof column
>;

export const importForm = z.object({
  step: z.enum(['preview', 'import'], 'errors.invalid').default('preview'),
  listId: recordId.optional(),
  name: importName.default(''),
  update: checked,
  skipInvalid: checked,
  /** Asked where the file has dates that can be read in several ways. */
  dates: dateOrder.optional(),
  /** Of the file that was previewed. */
  digest: z.string('errors.invalid').max(100, 'errors.invalid').optional(),
  ...columnFields,
});

export type ImportForm = z.output<typeof importForm>;

/** @param known whether the form was filled in for this file; otherwise columns are guessed from its header */
export function columnsOf(form: ImportForm, file: TaskFile, known: boolean): Columns {
  if (file.kind === 'json') return {};
  if (!known) return guessColumns(file.header);
  const chosen = importAttributes.flatMap((attribute) => {
    const text = form[`column-${attribute}`] ?? '';
    return text !== '' && Number(text) < Math.min(file.header.length, limits.importColumns)
      ? [[attribute, Number(text)]]
      : [];
  });
  return Object.fromEntries(chosen) as Columns;
}

/** The source's name: the file name without its extension and what differs between exports (dates, numbers, `(1)`). */
export function sourceNameOf(filename: string): string {
  const name = filename
    .normalize()
    .replace(/^.*[\\/]/, '')
    .replace(/\.[^.]*$/, '')
    .replace(/[\p{Cc}\d()[\]]/gu, ' ')
    .replace(/[\s._-]+/g, ' ')
    .trim()
    .toLowerCase();
  return name.slice(0, 80).trim() || 'csv';
}
