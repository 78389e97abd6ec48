import { z } from 'zod';
import { limits, priorities, type Priority } from '../shared/limits.ts';
import { labelSchema } from './category.ts';
import {
  boolean,
  hasNoControls,
  id,
  manyLines,
  maxCharacters,
  person,
  requiredLine,
  reserved,
  taskDay,
  taskMoment,
  time,
  url,
} from './shared.ts';

export const MAX_CATEGORIES = 100;

export const taskDescription = requiredLine(
  limits.description,
  'errors.descriptionMissing',
  'errors.descriptionTooLong',
).meta({ example: 'Water the plants', maxLength: limits.description });

/** Empty notes are none. */
export const taskNotes = z
  .string('errors.invalid')
  .overwrite(manyLines)
  .check(maxCharacters(limits.notes, 'errors.notesTooLong'))
  .refine(hasNoControls, 'errors.controlCharacters')
  .meta({ maxLength: limits.notes })
  .transform((text) => (text === '' ? null : text))
  .nullable();

/** One literal each: of a list of literals zod-to-openapi documents only the first. */
export const priority = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)], 'errors.invalid');
/** The priority in forms and queries. */
export const priorityText = z
  .enum(priorities.map(String) as ['0', '1', '2', '3'], 'errors.invalid')
  .transform((digit) => Number(digit) as Priority);

export const order = z.number('errors.invalid');
export const categoryIds = z.array(id, 'errors.invalid').max(MAX_CATEGORIES, 'errors.invalid');

export const taskFields = {
  id: z.int(),
  url,
  description: z.string(),
  notes: z.string().nullable(),
  completed: z.boolean(),
  completedAt: time.nullable(),
  dueOn: z.iso.date().nullable(),
  priority: priority.meta({ description: '0 (none) to 3 (high).' }),
  order: z.number().nullable().meta({ description: 'The position in the manual order, ascending; null sorts last.' }),
  listId: z.int(),
  userId: z.int().nullable().meta({ description: 'The author; null if the account was deleted.' }),
  assigneeId: z.int().nullable(),
  availableFrom: time.nullable(),
  availableUntil: time.nullable(),
  available: z.boolean().meta({ description: 'Whether now is between `availableFrom` and `availableUntil`.' }),
  externalProvider: z.string().nullable(),
  externalId: z.string().nullable(),
  revision: z.int().meta({ description: 'Incremented with every change.' }),
  createdAt: time,
  updatedAt: time,
  deletedAt: time.nullable().meta({ description: 'When the task was moved to the trash.' }),
};

/** What `include` adds. */
export const includedParts = {
  categories: z.array(labelSchema),
  user: person.nullable(),
  assignee: person.nullable(),
};

export const taskSchema = z.object({ ...taskFields, ...z.object(includedParts).partial().shape }).meta({
  id: 'Task',
  description:
    'A task. `categories`, `user` and `assignee` are present if `include` names them. With `select` only the fields ' +
    'that it names are present.',
});

const optional = {
  notes: taskNotes,
  completed: boolean.nullable().meta({ description: 'Sets `completedAt`.' }),
  dueOn: taskDay.nullable(),
  priority: priority.nullable(),
  order: order.nullable(),
  assigneeId: id.nullable().meta({ description: 'Somebody who can see the list and whose account is enabled.' }),
  availableFrom: taskMoment.nullable(),
  availableUntil: taskMoment.nullable().meta({ description: 'Must be later than `availableFrom`.' }),
  categoryIds: categoryIds.nullable().meta({ description: 'All categories of the task; they must be of its list.' }),
  categories: z
    .array(z.looseObject({ id }), 'errors.invalid')
    .max(MAX_CATEGORIES, 'errors.invalid')
    .nullable()
    .meta({ description: 'The categories as `include=categories` returns them; an alternative to `categoryIds`.' }),
  listId: id.meta({
    description: 'Default for a new task: your personal list. For an existing task another list moves it.',
  }),
};

/** What POST and PUT take: null, or leaving a field out, is its value in a new task. */
export const taskBody = z.strictObject({
  description: taskDescription,
  ...z.object(optional).partial().shape,
  ...reserved(
    'id',
    'url',
    'completedAt',
    'userId',
    'user',
    'assignee',
    'available',
    'list',
    'actor',
    'externalProvider',
    'externalId',
    'revision',
    'textRevision',
    'parts',
    'list',
    'actor',
    'createdAt',
    'updatedAt',
    'deletedAt',
  ),
});

/** What PATCH takes: fields that are left out stay, null clears one. */
export const taskPatch = taskBody.partial();
