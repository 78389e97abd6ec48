import { z } from 'zod';
import { isLocalTime } from '../../lib/local-time.ts';
import { limits, priorities } from '../../shared/limits.ts';
import { recordId } from '../../lib/record-id.ts';
import { changedFields } from './fields.ts';

const blankIsNull = (value: unknown): unknown => (value === '' ? null : value);
const newlines = (text: string): string => text.replaceAll('\r\n', '\n');
const asList = (value: unknown): unknown =>
  value === undefined ? undefined : [value].flat().filter((id) => id !== '');

const isDate = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && !text.startsWith('0000') && new Date(time).toISOString().startsWith(text);
};

/** The value of a `datetime-local` field, in the person's time zone. */
const localTime = z.preprocess(
  blankIsNull,
  z.string('errors.timeInvalid').refine(isLocalTime, 'errors.timeInvalid').nullish(),
);

/** The fields that a form may set; anything else is dropped. */
const taskForm = z.object({
  description: z
    .string('errors.descriptionMissing')
    .trim()
    .min(1, 'errors.descriptionMissing')
    .max(limits.description, 'errors.descriptionTooLong'),
  notes: z.preprocess(
    blankIsNull,
    z.string('errors.invalid').transform(newlines).pipe(z.string().max(limits.notes, 'errors.notesTooLong')).nullish(),
  ),
  dueOn: z.preprocess(
    blankIsNull,
    z
      .string('errors.dateInvalid')
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'errors.dateInvalid')
      .refine(isDate, 'errors.dateInvalid')
      .nullish(),
  ),
  availableFrom: localTime,
  availableUntil: localTime,
  priority: z
    .enum(priorities.map(String) as ['0', '1', '2', '3'], 'errors.invalid')
    .transform((text) => Number(text) as (typeof priorities)[number])
    .optional(),
  assigneeId: z.preprocess(blankIsNull, recordId.nullish()),
  categoryIds: z.preprocess(asList, z.array(recordId).max(100, 'errors.invalid').optional()),
});

export const newTaskForm = taskForm.extend({
  listId: recordId.optional(),
  formKey: z.uuid('errors.invalid').optional(),
});

/** Unchanged fields are undefined and keep what is stored. */
export const editForm = z.preprocess(changedFields, taskForm.extend({ textRevision: recordId }));
