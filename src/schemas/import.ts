import { z } from 'zod';
import { line } from './shared.ts';

export const MAX_SOURCE_NAME = 80;

/** The attributes of a task that a file can have, by their names in the API; `id` is the file's own key. */
export const importAttributes = [
  'id',
  'description',
  'notes',
  'completed',
  'completedAt',
  'dueOn',
  'priority',
  'order',
  'categories',
  'availableFrom',
  'availableUntil',
  'deletedAt',
] as const;
export type ImportAttribute = (typeof importAttributes)[number];

/** The source that a CSV file comes from. */
export const importName = line(MAX_SOURCE_NAME, 'errors.nameTooLong');

/** `column[dueOn]=Deadline`: the header of a column; empty where no column has the attribute. */
export const columnFields = Object.fromEntries(
  importAttributes.map((attribute) => [
    `column[${attribute}]`,
    z
      .string()
      .optional()
      .meta({ description: `The header of the column with \`${attribute}\`; empty: none.` }),
  ]),
) as Record<`column[${ImportAttribute}]`, z.ZodOptional<z.ZodString>>;

const row = z.int().meta({
  description:
    'In CSV the row as a spreadsheet counts it, with the header as row 1; in JSON the place in `tasks`, from 1.',
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
        reason: z.enum(['here', 'inTrash']).meta({
          description:
            '`here`: the task was exported from this list and is still in it. `inTrash`: the task was in the trash.',
        }),
      }),
    ),
    wrong: z
      .array(z.object({ row, errors: z.array(z.object({ path: z.string(), message: z.string() })) }))
      .meta({ description: 'The invalid rows, at most 100.' }),
    categories: z.array(z.string()).meta({ description: 'The categories that were created.' }),
  })
  .meta({ id: 'ImportAnswer' });
