import { z } from 'zod';
import { limits } from '../shared/limits.ts';
import { categoryColor, categoryName, localizedName } from './category.ts';
import { boolean, day, id, requiredLine, reserved, taskDay, taskMoment, withoutReserved } from './shared.ts';
import { categoryIds, order, priority, taskDescription, taskNotes } from './task.ts';
import { taskStatuses } from './task-query.ts';

/** The attributes by which docs and stored tasks can be matched. */
export const compareNames = ['externalId', 'description', 'dueOn', 'priority'] as const;

/** A name, or a category as GET returns it: then its colour and languages serve where it has to be created. */
const namedCategory = z
  .union(
    [
      categoryName,
      z.strictObject({
        name: localizedName,
        color: categoryColor.optional(),
        ...reserved('id', 'listId', 'url', 'createdAt', 'updatedAt'),
      }),
    ],
    'errors.invalid',
  )
  .transform((one) => (typeof one === 'string' ? { name: { original: one } } : { name: one.name, color: one.color }))
  .meta({
    description: 'A name, matched ignoring case; a missing category is created.',
    example: 'home',
  });

const readOnly = [
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

/** The key of a task in another system: text, or a number. */
export const externalKey = z.union(
  [z.string().trim().min(1, 'errors.invalid').max(limits.externalId, 'errors.invalid'), z.int().transform(String)],
  'errors.invalid',
);

/** The fields that merged docs and imported files share. */
export const docFields = {
  notes: taskNotes.optional(),
  completed: boolean.optional().meta({
    description: 'Takes precedence over `completedAt`, which then only says when.',
  }),
  completedAt: taskMoment.nullish(),
  dueOn: taskDay.nullish(),
  priority: priority.optional(),
  order: order.nullish(),
  availableFrom: taskMoment.nullish(),
  availableUntil: taskMoment.nullish(),
  categories: z.array(namedCategory, 'errors.invalid').max(100, 'errors.invalid').optional(),
};

export const mergeDoc = z
  .strictObject({
    externalId: externalKey.optional().meta({ example: 'T-17' }),
    description: taskDescription.optional(),
    ...docFields,
    assigneeId: id.nullish(),
    categoryIds: categoryIds.optional(),
    ...reserved(...readOnly),
  })
  .transform((doc) => withoutReserved(doc, readOnly))
  .meta({
    id: 'MergeDoc',
    description: 'A task of the other system. `patch` keeps the fields that are left out; `put` clears them.',
  });

const compareName = z.enum(compareNames, 'errors.invalid');

export const mergeBody = z.strictObject({
  listId: id.optional().meta({ description: 'Default: your personal list.' }),
  provider: requiredLine(100, 'errors.invalid', 'errors.invalid').meta({
    description:
      'The name of the other system, or of one of its lists. Only tasks that were merged under this name are compared.',
    example: 'helpdesk',
  }),
  docs: z.array(mergeDoc, 'errors.invalid').max(limits.merge, 'errors.tooManyItems'),
  compare: z
    .union([compareName, z.array(compareName).min(1, 'errors.invalid')], 'errors.invalid')
    .default('externalId')
    .meta({ description: 'The attribute or attributes that match docs with stored tasks.' }),
  find: z
    .strictObject({
      status: z.enum(taskStatuses, 'errors.invalid').optional(),
      categoryId: id.optional(),
      assigneeId: id.optional(),
      priority: priority.optional(),
      dueBefore: day.optional(),
      dueAfter: day.optional(),
    })
    .optional()
    .meta({
      description: 'Limits which stored tasks are compared. The others are not changed, even if a doc has their key.',
    }),
  insert: boolean.default(true),
  update: z.union([z.enum(['patch', 'put']), z.literal(false)], 'errors.invalid').default('patch'),
  remove: z
    .union([z.enum(['logical', 'physical']), z.literal(false)], 'errors.invalid')
    .default('logical')
    .meta({
      description:
        'What happens to stored tasks that are in no doc. `logical`: moved to the trash. `physical`: ' +
        'deleted permanently. `false`: kept.',
    }),
  dryRun: boolean.default(false).meta({ description: 'Return the same response without changing anything.' }),
});

const index = z.int().meta({ description: 'The index in `docs`, from 0.' });
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
          .meta({ description: 'Null in a dry run if the doc has none: one will be generated.' }),
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
          .meta({ description: 'The changed attributes; `deletedAt` if the task was restored from the trash.' }),
      }),
    ),
    remove: z.array(z.object({ id: z.int(), externalId, description })),
    unchanged: z.int().meta({
      description:
        'Number of docs and stored tasks that were not changed, because they are equal or an option excludes them.',
    }),
    categories: z
      .array(z.object({ id: z.int().nullable(), name: z.string() }))
      .meta({ description: 'The categories that were created.' }),
  })
  .meta({ id: 'MergeAnswer', description: 'Summaries; `GET /tasks?filter[externalProvider]=…` returns whole tasks.' });
