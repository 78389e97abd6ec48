import { z } from 'zod';
import type { Translate } from '../shared/translations.ts';
import { type FileAttribute, fileAttributes } from '../transfer/import/columns.ts';
import type { ImportReport } from '../transfer/import/index.ts';

/** `column[dueOn]=Deadline`: the header of the column; empty where no column says it. */
export const columnFields = Object.fromEntries(
  fileAttributes.map((attribute) => [
    `column[${attribute}]`,
    z
      .string()
      .optional()
      .meta({ description: `The header of the column that says ${attribute}.` }),
  ]),
) as Record<`column[${FileAttribute}]`, z.ZodOptional<z.ZodString>>;

const row = z.int().meta({
  description: 'Of CSV as a spreadsheet counts them, the header being 1; of JSON the place in tasks, from 1.',
});
const description = z.string();

export const importAnswer = z
  .object({
    insert: z.array(z.object({ row, id: z.int().nullable().meta({ description: 'Null in a dry run.' }), description })),
    update: z.array(z.object({ row, id: z.int(), description, changed: z.array(z.string()) })),
    unchanged: z.int(),
    skip: z.array(
      z.object({
        row,
        description,
        reason: z
          .enum(['here', 'inTrash'])
          .meta({ description: 'here: the file was exported from this very list. inTrash: it was in the trash.' }),
      }),
    ),
    wrong: z
      .array(z.object({ row, errors: z.array(z.object({ path: z.string(), message: z.string() })) }))
      .meta({ description: 'At most 100 of the rows that are wrong, or were left out because they are.' }),
    categories: z.array(z.string()).meta({ description: 'The categories that were made.' }),
  })
  .meta({ id: 'ImportAnswer' });

/** Nobody mends twenty thousand rows from one answer. */
const MOST_WRONG = 100;

/** @param t says what is wrong in the language of whoever asks */
export function presentReport({ counts, categories, rows }: ImportReport, t: Translate) {
  const of = (outcome: keyof ImportReport['counts']) => rows.filter((one) => one.outcome === outcome);
  return {
    insert: of('insert').map(({ row: at, id, description: said }) => ({ row: at, id, description: said })),
    update: of('update').map(({ row: at, id, description: said, changed }) => ({
      row: at,
      id,
      description: said,
      changed,
    })),
    unchanged: counts.unchanged,
    skip: of('skip').map(({ row: at, description: said, why }) => ({
      row: at,
      description: said,
      reason: why[0]?.message.split('.').at(-1),
    })),
    wrong: of('wrong')
      .slice(0, MOST_WRONG)
      .map(({ row: at, why }) => ({
        row: at,
        errors: why.map(({ path, message, params }) => ({ path, message: t(message, params) })),
      })),
    categories,
  };
}
