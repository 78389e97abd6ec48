import { z } from 'zod';
import { isLocalTime, fromLocalTime, toLocalTime } from '../../lib/local-time.ts';
import { recordId } from '../../lib/parse.ts';
import { emptyToNull, idsField, isPlausibleYear, taskDay } from '../../schemas/shared.ts';
import { MAX_CATEGORIES, priorityText, taskDescription, taskNotes } from '../../schemas/task.ts';
import type { presentTask } from '../../presenters/task.ts';
import type { TaskWindow } from '../../models/task/availability.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { typedIn } from '../form-errors.ts';

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
  categoryIds: idsField(MAX_CATEGORIES),
});

export const newTaskForm = taskForm.extend({
  listId: recordId.optional(),
  formKey: z.uuid('errors.invalid').optional(),
});

/** Unchanged fields are undefined and keep what is stored. */
export const editForm = z.preprocess(changedFields, taskForm.extend({ textRevision: recordId }));

/**
 * Each of these is saved only if the person changed it: a hidden `<name>Before` field holds what it was filled with. So
 * editing the text does not overwrite what others have set meanwhile. The texts are protected by `textRevision`.
 */
const conflictFields = ['priority', 'assigneeId', 'categoryIds', 'availableFrom', 'availableUntil'] as const;

type Fields = Record<string, string | string[] | undefined>;
type Window<Time> = Record<'availableFrom' | 'availableUntil', Time>;

/** Input of the edit form for a stored task, with the `Before` fields. */
export function fieldsOf(viewer: Viewer, task: ReturnType<typeof presentTask>): Fields {
  const fields: Fields = {
    description: task.description,
    notes: task.notes ?? '',
    dueOn: task.dueOn ?? '',
    priority: String(task.priority),
    assigneeId: String(task.assigneeId ?? ''),
    categoryIds: task.categories.map(({ id }) => String(id)),
    ...windowFields(viewer, task),
  };
  return { ...fields, ...Object.fromEntries(conflictFields.map((name) => [before(name), asText(fields[name])])) };
}

/** A form's body without the unchanged fields. Without any ticked category it says `categoryIds: []`. */
export function changedFields(body: unknown): unknown {
  const typed = typedIn(body);
  const unchanged = conflictFields.filter((name) => isUnchanged(typed, name));
  return Object.fromEntries(
    Object.entries({ categoryIds: [], ...(body ?? {}) }).filter(([name]) => !unchanged.some((one) => one === name)),
  );
}

/** What was typed, but what is stored now for fields that the person did not change. */
export function mergeUnchanged(typed: Fields, stored: Fields): Fields {
  const unchanged = conflictFields.filter((name) => isUnchanged(typed, name));
  return {
    ...typed,
    ...Object.fromEntries(unchanged.flatMap((name) => [name, before(name)]).map((name) => [name, stored[name]])),
  };
}

const isUnchanged = (typed: Fields, name: (typeof conflictFields)[number]): boolean =>
  typed[before(name)] === asText(typed[name]);

const before = (name: string): string => `${name}Before`;

const asText = (value: string | string[] | undefined): string => [value ?? []].flat().sort().join(',');

/**
 * The form's local times as moments.
 * @param stored what the fields were filled with. A field that still shows it is undefined (unchanged): the text lacks
 *   the seconds, and is ambiguous where the clock goes back.
 */
export function windowTyped(
  { timeZone }: Viewer,
  typed: Partial<Window<string | null | undefined>>,
  stored: TaskWindow = {},
): Window<Date | null | undefined> {
  const read = (text: string | null | undefined, moment: Date | null | undefined): Date | null | undefined => {
    if (text == null) return text;
    return moment && toLocalTime(moment, timeZone) === text ? undefined : fromLocalTime(text, timeZone);
  };
  return {
    availableFrom: read(typed.availableFrom, stored.availableFrom),
    availableUntil: read(typed.availableUntil, stored.availableUntil),
  };
}

function windowFields({ timeZone }: Viewer, window: Window<string | null>): Window<string> {
  const local = (time: string | null): string => (time ? toLocalTime(new Date(time), timeZone) : '');
  return { availableFrom: local(window.availableFrom), availableUntil: local(window.availableUntil) };
}
