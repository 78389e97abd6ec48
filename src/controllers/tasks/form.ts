import { z } from 'zod';
import { isLocalTime } from '../../lib/local-time.ts';
import { recordId } from '../../lib/record-id.ts';
import { emptyToNull } from '../../schemas/paging.ts';
import { isPlausibleYear, taskDay } from '../../schemas/shared.ts';
import { idsField, priorityText, taskDescription, taskNotes } from '../../schemas/task.ts';
import { changedFields } from './fields.ts';

/** The value of a `datetime-local` field, in the person's time zone. */
const localTime = z.preprocess(
  emptyToNull,
  z
    .string('errors.timeInvalid')
    .refine(isLocalTime, { error: 'errors.timeInvalid', abort: true })
    .refine(isPlausibleYear, 'errors.yearUnlikely')
    .nullish(),
);

/** The fields that a form may set; anything else is dropped. */
const taskForm = z.object({
  description: taskDescription,
  notes: taskNotes.optional(),
  dueOn: z.preprocess(emptyToNull, taskDay.nullish()),
  availableFrom: localTime,
  availableUntil: localTime,
  priority: priorityText.optional(),
  assigneeId: z.preprocess(emptyToNull, recordId.nullish()),
  categoryIds: idsField,
});

export const newTaskForm = taskForm.extend({
  listId: recordId.optional(),
  formKey: z.uuid('errors.invalid').optional(),
});

/** Unchanged fields are undefined and keep what is stored. */
export const editForm = z.preprocess(changedFields, taskForm.extend({ textRevision: recordId }));
