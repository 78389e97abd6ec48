import { z } from 'zod';
import { compareNames, type MergeDoc, type MergeFind, type NamedCategory } from '../transfer/merge/options.ts';
import { statuses } from '../models/task/filters.ts';
import { categoryColors, limits } from '../shared/limits.ts';
import { categoryName, localizedText } from './localized.ts';
import { id, reserved, withoutReserved } from './shared.ts';

const moment = z.iso.datetime({ offset: true, error: 'errors.timeInvalid' }).transform((text) => new Date(text));
const day = z.iso.date('errors.dateInvalid').refine((text) => !text.startsWith('0000'), 'errors.dateInvalid');
/** One literal each: of a list of them the document keeps the first. */
const priority = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)], 'errors.invalid');

/** As text, or as GET gives a category: then its colour and its languages serve where it has to be made. */
const namedCategory = z
  .union(
    [
      categoryName,
      z.strictObject({
        name: localizedText,
        color: z.enum(categoryColors, 'errors.colorUnknown').optional(),
        ...reserved('id', 'listId', 'url', 'createdAt', 'updatedAt'),
      }),
    ],
    'errors.invalid',
  )
  .transform((one): NamedCategory =>
    typeof one === 'string' ? { name: { original: one } } : { name: one.name, color: one.color },
  )
  .meta({
    description: 'A name, matched in upper or lower case; a category that is not there is made.',
    example: 'home',
  });

const leftAside = [
  'id',
  'url',
  'listId',
  'userId',
  'user',
  'assignee',
  'available',
  'externalProvider',
  'revision',
  'textRevision',
  'createdAt',
  'updatedAt',
  'deletedAt',
] as const;

/** What another system calls a task: text, or a number. */
export const externalKey = z.union(
  [z.string().trim().min(1, 'errors.invalid').max(limits.externalId, 'errors.invalid'), z.int().transform(String)],
  'errors.invalid',
);
export const taskDescription = z
  .string('errors.descriptionMissing')
  .trim()
  .min(1, 'errors.descriptionMissing')
  .max(limits.description, 'errors.descriptionTooLong');

/** What a doc and a file of ours say of a task alike. */
export const docFields = {
  notes: z
    .string('errors.invalid')
    .transform((text) => text.replaceAll('\r\n', '\n'))
    .pipe(z.string().max(limits.notes, 'errors.notesTooLong'))
    .nullish(),
  completed: z
    .boolean('errors.invalid')
    .optional()
    .meta({ description: 'Decides over completedAt, which then only says when.' }),
  completedAt: moment.nullish(),
  dueOn: day.nullish().meta({ example: '2026-11-27' }),
  priority: priority.optional(),
  order: z.number('errors.invalid').nullish(),
  availableFrom: moment.nullish(),
  availableUntil: moment.nullish(),
  categories: z.array(namedCategory, 'errors.invalid').max(100, 'errors.invalid').optional(),
};

export const mergeDoc = z
  .strictObject({
    externalId: externalKey.optional().meta({ example: 'T-17' }),
    description: taskDescription.optional(),
    ...docFields,
    assigneeId: id.nullish(),
    categoryIds: z.array(id, 'errors.invalid').max(100, 'errors.invalid').optional(),
    ...reserved(...leftAside),
  })
  .transform((doc): MergeDoc => withoutReserved(doc, leftAside))
  .meta({
    id: 'MergeDoc',
    description: 'A task as the other system has it. A patch leaves alone what is left out; a put empties it.',
  });

const compareName = z.enum(compareNames, 'errors.invalid');

export const mergeBody = z.strictObject({
  listId: id.optional().meta({ description: 'Your personal list unless said.' }),
  provider: z.string('errors.invalid').trim().min(1, 'errors.invalid').max(100, 'errors.invalid').meta({
    description:
      'The name of the other system, or of one list of it: only tasks that were merged under this name are compared.',
    example: 'helpdesk',
  }),
  docs: z.array(mergeDoc, 'errors.invalid').max(limits.merge, 'errors.tooLarge'),
  compare: z
    .union([compareName, z.array(compareName).min(1, 'errors.invalid')], 'errors.invalid')
    .default('externalId')
    .meta({ description: 'The attribute, or the attributes, that say which doc is which task.' }),
  find: z
    .strictObject({
      status: z.enum(statuses, 'errors.invalid').optional(),
      categoryId: id.optional(),
      assigneeId: id.optional(),
      priority: priority.optional(),
      dueBefore: day.optional(),
      dueAfter: day.optional(),
    } satisfies Record<keyof MergeFind, z.ZodType>)
    .optional()
    .meta({
      description: 'Which stored tasks are compared. What it leaves out stays as it is, also where a doc has its key.',
    }),
  insert: z.boolean('errors.invalid').default(true),
  update: z.union([z.enum(['patch', 'put']), z.literal(false)], 'errors.invalid').default('patch'),
  remove: z
    .union([z.enum(['logical', 'physical']), z.literal(false)], 'errors.invalid')
    .default('logical')
    .meta({
      description: 'What happens to stored tasks that are in no doc: they go to the trash, or are purged, or stay.',
    }),
  dryRun: z.boolean('errors.invalid').default(false).meta({ description: 'Answers the same and changes nothing.' }),
});

const index = z.int().meta({ description: 'The place in docs, from 0.' });
const externalId = z.string();
const description = z.string();

export const mergeAnswer = z
  .object({
    insert: z.array(
      z.object({
        index,
        id: z.int().nullable().meta({ description: 'Null in a dry run.' }),
        externalId: externalId
          .nullable()
          .meta({ description: 'Null in a dry run where the doc has none: one will be made.' }),
        description,
      }),
    ),
    update: z.array(
      z.object({
        index,
        id: z.int(),
        externalId,
        description,
        changed: z
          .array(z.string())
          .meta({ description: 'The attributes that changed; deletedAt where the task came out of the trash.' }),
      }),
    ),
    remove: z.array(z.object({ id: z.int(), externalId, description })),
    unchanged: z.int().meta({
      description: 'Docs and stored tasks that stay as they are: they are equal, or something is switched off.',
    }),
    categories: z
      .array(z.object({ id: z.int().nullable(), name: z.string() }))
      .meta({ description: 'The categories that were made.' }),
  })
  .meta({ id: 'MergeAnswer', description: 'Short records; GET /tasks?filter[externalProvider]=… gives whole ones.' });
