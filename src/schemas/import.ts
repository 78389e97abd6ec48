import { z } from 'zod';
import { dateOrders } from '../lib/written-date.ts';
import { line } from './shared.ts';

export const MAX_SOURCE_NAME = 80;

/** The columns of a CSV file that are read, by their names in the API; `id` is the file's own key. */
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

/** The columns of an exported CSV file. */
export const exportColumns = [...importAttributes, 'userId', 'assigneeId', 'createdAt', 'updatedAt'] as const;

/** How a date such as 03/04/2026 is read. */
export const dateOrder = z.enum(dateOrders, 'errors.invalid');

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

/** Why a row is not a task of its own. */
const skipReasons = ['here', 'inTrash', 'preamble', 'section', 'note', 'noteAlone', 'meta'] as const;

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
        reason: z.enum(skipReasons).meta({
          description:
            '`here`: the task was exported from this list and is still in it. `inTrash`: the task was in the trash. ' +
            '`preamble`: the row comes before the header. `section`: its name is a category of the tasks below it. ' +
            '`note`: its text was added to the notes of the task above; `noteAlone`: there is none. ' +
            '`meta`: a setting of the other program.',
        }),
      }),
    ),
    wrong: z
      .array(z.object({ row, errors: z.array(z.object({ path: z.string(), message: z.string() })) }))
      .meta({ description: 'The invalid rows, at most 100.' }),
    remarks: z
      .array(z.object({ row, path: z.string(), message: z.string() }))
      .meta({ description: 'Values that are imported otherwise than they stand in the file, at most 100.' }),
    ignoredColumns: z
      .array(z.string())
      .meta({ description: 'The headers of columns that have something in them and are not imported.' }),
    categories: z.array(z.string()).meta({ description: 'The categories that were created.' }),
  })
  .meta({ id: 'ImportAnswer' });
