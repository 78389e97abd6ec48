import type { TaskRecord } from '../models/task/record.ts';
import type { CategoryPayload, PersonPayload, TaskPayload } from '../shared/events.ts';
import { findWords } from '../lib/fold.ts';
import { excerptOf, linksIn, partsOf } from '../lib/text-parts.ts';
import type { RowView } from '../shared/row.ts';
import { presentCategory } from './category.ts';

/** The fields of a task that clients see: pages, sockets and API show these and no others. */
export const presentTask = (task: TaskRecord): TaskPayload => ({
  ...partsWithLinks(task.description),
  id: task.id,
  description: task.description,
  notes: task.notes,
  completed: task.completedAt !== null,
  completedAt: iso(task.completedAt),
  dueOn: task.dueOn,
  priority: task.priority,
  order: task.position,
  listId: task.listId,
  userId: task.userId,
  assigneeId: task.assigneeId,
  availableFrom: iso(task.availableFrom),
  availableUntil: iso(task.availableUntil),
  available: task.available,
  externalProvider: task.externalProvider,
  externalId: task.externalId,
  revision: task.revision,
  textRevision: task.textRevision,
  createdAt: task.createdAt.toISOString(),
  updatedAt: task.updatedAt.toISOString(),
  deletedAt: iso(task.deletedAt),
  user: person(task.userId, task.userName),
  assignee: person(task.assigneeId, task.assigneeName),
  categories: (task.categories ?? []).map(presentCategory),
});

function partsWithLinks(description: string): Pick<TaskPayload, 'parts'> {
  const links = linksIn(description);
  return links.length > 0 ? { parts: partsOf(description, links) } : {};
}

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;

/** Null where nobody is named, and where the account was deleted. */
const person = (id: number | null, name: string | null): PersonPayload | null =>
  id === null ? null : { id, name: name ?? '' };

/** The row of a task that a search found, with what was found. @param words folded */
export function markFound(row: RowView, { description, notes }: TaskPayload, words: readonly string[]): RowView {
  const has = (text: string): boolean => findWords(text, words).length > 0;
  const { assignee } = row;
  return {
    ...row,
    title: partsOf(description, linksIn(description), findWords(description, words)),
    excerpt: excerptOf(notes ?? '', findWords(notes ?? '', words)),
    categories: row.categories.map((category) => ({ ...category, found: has(category.name) })),
    authorFound: row.author !== null && has(row.author),
    assignee: assignee && { ...assignee, found: has(assignee.name) },
  };
}

/** A task as the API returns it, without the parts that `include` adds. */
export type TaskResource = Omit<TaskPayload, 'textRevision' | 'parts' | keyof TaskParts> & {
  url: string;
};

export interface TaskParts {
  categories: CategoryPayload[];
  user: PersonPayload | null;
  assignee: PersonPayload | null;
}

/** What of a task the API is asked for. */
export interface TaskShape {
  /** Undefined: all fields. */
  select?: readonly (keyof TaskResource)[] | undefined;
  include: readonly (keyof TaskParts)[];
}

/** @param url makes an absolute URL of a path of the API */
export function presentTaskResource(
  task: TaskRecord,
  url: (path: string) => string,
  { select, include }: TaskShape,
): Partial<TaskResource & TaskParts> {
  const { id, textRevision: _, parts: _parts, user, assignee, categories, ...fields } = presentTask(task);
  const resource: TaskResource = { id, url: url(`/tasks/${String(id)}`), ...fields };
  return { ...(select ? pick(resource, select) : resource), ...pick({ user, assignee, categories }, include) };
}

const pick = <Whole extends object>(whole: Whole, names: readonly (keyof Whole)[]): Partial<Whole> =>
  Object.fromEntries(names.map((name) => [name, whole[name]])) as Partial<Whole>;
