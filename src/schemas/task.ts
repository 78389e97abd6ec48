import { z } from 'zod';
import { limits } from '../shared/limits.ts';
import { labelSchema } from './category.ts';
import { id, reserved, time, url } from './shared.ts';

/** One literal each: of a list of them the document keeps the first. */
const priority = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)], 'errors.invalid');
const person = z.object({ id: z.int(), name: z.string() });

export const taskFields = {
  id: z.int(),
  url,
  description: z.string(),
  notes: z.string().nullable(),
  completed: z.boolean(),
  completedAt: time.nullable(),
  dueOn: z.iso.date().nullable(),
  priority: priority.meta({ description: '0 to 3; 3 is the most urgent.' }),
  order: z
    .number()
    .nullable()
    .meta({ description: 'The place that people give it by hand, ascending; null comes last.' }),
  listId: z.int(),
  userId: z.int().nullable().meta({ description: 'Who wrote it; null where the account is gone.' }),
  assigneeId: z.int().nullable(),
  availableFrom: time.nullable(),
  availableUntil: time.nullable(),
  externalProvider: z.string().nullable(),
  externalId: z.string().nullable(),
  revision: z.int().meta({ description: 'Rises with every change.' }),
  createdAt: time,
  updatedAt: time,
  deletedAt: time.nullable().meta({ description: 'Since when it is in the trash.' }),
};

export const includedParts = {
  categories: z.array(labelSchema),
  user: person.nullable(),
  assignee: person.nullable(),
};

export const taskSchema = z.object({ ...taskFields, ...z.object(includedParts).partial().shape }).meta({
  id: 'Task',
  description: 'One thing to do. `categories`, `user` and `assignee` are there where `include` asks for them.',
});

/** Where `select` leaves something out. */
export const selectedTaskSchema = taskSchema
  .partial()
  .meta({ id: 'SelectedTask', description: 'The fields of a task that `select` names.' });

const moment = z.iso
  .datetime({ offset: true, error: 'errors.timeInvalid' })
  .transform((text) => new Date(text))
  .nullable();
const day = z.iso
  .date('errors.dateInvalid')
  .refine((text) => !text.startsWith('0000'), 'errors.dateInvalid')
  .meta({ example: '2026-11-27' });

const description = z
  .string('errors.descriptionMissing')
  .trim()
  .min(1, 'errors.descriptionMissing')
  .max(limits.description, 'errors.descriptionTooLong')
  .meta({ example: 'Water the plants' });

const optional = {
  notes: z.string('errors.invalid').max(limits.notes, 'errors.notesTooLong').nullable(),
  completed: z.boolean('errors.invalid').nullable().meta({ description: 'Writes completedAt.' }),
  dueOn: day.nullable(),
  priority: priority.nullable(),
  order: z.number('errors.invalid').nullable(),
  assigneeId: id.nullable().meta({ description: 'Somebody who sees the list and whose account is not disabled.' }),
  availableFrom: moment,
  availableUntil: moment.meta({ description: 'After availableFrom.' }),
  categoryIds: z
    .array(id, 'errors.invalid')
    .max(100, 'errors.invalid')
    .nullable()
    .meta({ description: 'Categories of the list; all that the task then carries.' }),
  categories: z
    .array(z.looseObject({ id }), 'errors.invalid')
    .max(100, 'errors.invalid')
    .nullable()
    .meta({ description: 'As `include=categories` gives them: instead of categoryIds.' }),
  listId: id.meta({ description: 'In a new task your personal list unless said. Another one moves the task.' }),
};

const reservedNames = [
  'id',
  'url',
  'completedAt',
  'userId',
  'user',
  'assignee',
  'externalProvider',
  'externalId',
  'revision',
  'createdAt',
  'updatedAt',
  'deletedAt',
] as const;

/** What POST and PUT take: what is left out, or null, is as in a new task. */
export const taskBody = z.strictObject({
  description,
  ...z.object(optional).partial().shape,
  ...reserved(...reservedNames),
});
/** What PATCH takes: what is left out stays, null takes away. */
export const taskPatch = taskBody.partial();
