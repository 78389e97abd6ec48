import type { presentTask } from '../../presenters/task.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { typedIn } from '../form-errors.ts';
import { windowFields } from './availability.ts';

/** Who saves a text has not decided on these as well: each is saved only where it is not what it was filled with. The texts have their revision. */
const conflictFields = ['priority', 'assigneeId', 'categoryIds', 'availableFrom', 'availableUntil'] as const;

type Fields = Record<string, string | string[] | undefined>;

/** What the form of a task is filled with, and beside it what the fields were filled with, for the form to send back. */
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
  return { ...fields, ...Object.fromEntries(conflictFields.map((name) => [before(name), asOne(fields[name])])) };
}

/** Leaves out of what a form has sent what holds still what it was filled with. No category that is ticked is none. */
export function touched(body: unknown): unknown {
  const typed = typedIn(body);
  const left = conflictFields.filter((name) => isUntouched(typed, name));
  return Object.fromEntries(
    Object.entries({ categoryIds: [], ...(body ?? {}) }).filter(([name]) => !left.some((one) => one === name)),
  );
}

/** What was typed, and where nothing was touched what others have set meanwhile. */
export function mergeUnchanged(typed: Fields, stored: Fields): Fields {
  const left = conflictFields.filter((name) => isUntouched(typed, name));
  return {
    ...typed,
    ...Object.fromEntries(left.flatMap((name) => [name, before(name)]).map((name) => [name, stored[name]])),
  };
}

const isUntouched = (typed: Fields, name: (typeof conflictFields)[number]): boolean =>
  typed[before(name)] === asOne(typed[name]);

const before = (name: string): string => `${name}Before`;

const asOne = (value: string | string[] | undefined): string => [value ?? []].flat().sort().join(',');
