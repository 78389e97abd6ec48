import { z } from 'zod';
import { isLocalTime } from '../../lib/local-time.ts';
import { recordId } from '../../lib/record-id.ts';
import { emptyToNull } from '../../schemas/paging.ts';
import { day } from '../../schemas/shared.ts';
import { idsField, priorityText, taskDescription, taskNotes } from '../../schemas/task.ts';
import { touched } from './fields.ts';

/** What a `datetime-local` field sends: local time in the time zone of the viewer. */
const localTime = z.preprocess(
  emptyToNull,
  z.string('errors.timeInvalid').refine(isLocalTime, 'errors.timeInvalid').nullish(),
);

const taskForm = z.object({
  description: taskDescription,
  notes: taskNotes.optional(),
  dueOn: z.preprocess(emptyToNull, day.nullish()),
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

/** Untouched fields are undefined, so that they keep what others may have saved meanwhile. */
export const editForm = z.preprocess(touched, taskForm.extend({ textRevision: recordId }));
