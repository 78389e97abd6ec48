import type { TaskRecord } from '../models/task/record.ts';
import type { CategoryPayload, PersonPayload, TaskPayload } from '../shared/events.ts';
import { presentCategory } from './category.ts';
import { personOf, presentTask } from './task.ts';

/** A task as the API gives it, without what is included on demand. */
export type TaskResource = Omit<TaskPayload, 'available' | 'textRevision' | 'user' | 'assignee' | 'categories'> & {
  url: string;
};

export interface TaskParts {
  categories: CategoryPayload[];
  user: PersonPayload | null;
  assignee: PersonPayload | null;
}

export interface TaskShape {
  /** Undefined: all fields. */
  select?: readonly (keyof TaskResource)[] | undefined;
  include: readonly (keyof TaskParts)[];
}

/** The fields of a task that were asked for. @param address of the API's paths, absolute */
export function presentTaskResource(
  task: TaskRecord,
  address: (path: string) => string,
  { select, include }: TaskShape,
): Partial<TaskResource & TaskParts> {
  const {
    available: _available,
    textRevision: _textRevision,
    user: _user,
    assignee: _assignee,
    categories: _categories,
    id,
    ...fields
  } = presentTask(task);
  const whole: TaskResource = { id, url: address(`/tasks/${String(id)}`), ...fields };
  return {
    ...(select ? pick(whole, select) : whole),
    ...Object.fromEntries(include.map((part) => [part, parts[part](task)])),
  };
}

const parts: { [Part in keyof TaskParts]: (task: TaskRecord) => TaskParts[Part] } = {
  categories: ({ categories }) => (categories ?? []).map(presentCategory),
  user: ({ userId, userName }) => personOf(userId, userName),
  assignee: ({ assigneeId, assigneeName }) => personOf(assigneeId, assigneeName),
};

const pick = <Whole extends object>(whole: Whole, names: readonly (keyof Whole)[]): Partial<Whole> =>
  Object.fromEntries(names.map((name) => [name, whole[name]])) as Partial<Whole>;
