/** The row of a task in a list. Pure functions, so that the server's row and the live one are identical. */
import type { CategoryPayload, TaskPayload, TextPart } from './events.ts';
import { formatDue, formatMoment, textIn, type Due, type Reader } from './format.ts';
import type { CategoryColor } from './limits.ts';

export interface RowContext extends Reader {
  /** Current names and colours, by id. */
  categories: ReadonlyMap<number, CategoryPayload>;
  viewerId: number;
  /** The names of the lists by id, if rows show their list. */
  lists?: ReadonlyMap<number, string>;
  /** The task has just arrived; the row is highlighted. */
  live?: boolean;
  /** Path and query of the list, where the task's page leads back to. */
  from?: string | undefined;
}

/** The locals of `views/tasks/_row.pug`: texts and URLs, so that the view decides nothing. */
export interface RowView {
  id: number;
  listId: number;
  revision: number;
  /** ISO 8601. */
  created: string;
  completed: string | null;
  url: string;
  /** The description. Where it has links of its own, the other parts are links to the task. */
  title: TextPart[];
  linked: boolean;
  /** Of the notes, where something was found in them. */
  excerpt?: TextPart[] | null;
  state: 'open' | 'done' | 'new';
  fresh: boolean;
  toggle: { action: string; method: 'DELETE' | null; label: string };
  due: Due | null;
  /** From when, if not available yet, and until when. */
  times: string[];
  priority: { level: number; text: string } | null;
  categories: { id: number; name: string; color: CategoryColor; found?: boolean }[];
  hasNotes: boolean;
  /** Null for the viewer's own tasks. */
  author: string | null;
  authorFound?: boolean;
  assignee: { name: string; initial: string; found?: boolean } | null;
  /** Assigned to the viewer. */
  mine: boolean;
  /** The name of the list, if shown. */
  list: string | null;
}

export function rowOf(task: TaskPayload, context: RowContext): RowView {
  const { t, viewerId } = context;
  const { id, description, completed } = task;
  const fresh = context.live === true && !completed;
  return {
    id,
    listId: task.listId,
    revision: task.revision,
    created: task.createdAt,
    completed: task.completedAt,
    url: addressFrom(`/tasks/${String(id)}`, context.from),
    title: task.parts ?? [{ text: description }],
    linked: Boolean(task.parts),
    state: completed ? 'done' : fresh ? 'new' : 'open',
    fresh,
    toggle: {
      action: `/tasks/${String(id)}/completion`,
      method: completed ? 'DELETE' : null,
      label: t(completed ? 'row.reopen' : 'row.complete', { description }),
    },
    due: dueOf(task, context),
    times: timesOf(task, context),
    priority: task.priority === 0 ? null : { level: task.priority, text: t(`row.priority.${String(task.priority)}`) },
    categories: chipsOf(task, context),
    hasNotes: Boolean(task.notes),
    author: task.user && task.user.id !== viewerId ? task.user.name : null,
    assignee: task.assignee && { name: task.assignee.name, initial: initialOf(task.assignee.name) },
    mine: task.assigneeId === viewerId,
    list: context.lists?.get(task.listId) ?? null,
  };
}

/** The address of a page that leads back to the list `from`. */
export const addressFrom = (path: string, from: string | null | undefined): string =>
  from ? `${path}${path.includes('?') ? '&' : '?'}from=${encodeURIComponent(from).replaceAll('%2F', '/')}` : path;

/** The initial of a name, in any script. */
export const initialOf = (name: string): string => ([...name.trim()][0] ?? '?').toUpperCase();

/** A completed task is not late. */
function dueOf({ dueOn, completed }: TaskPayload, context: RowContext): Due | null {
  if (!dueOn) return null;
  const due = formatDue(dueOn, context);
  if (!completed) return due;
  return due.late ? null : due;
}

function timesOf({ completed, available, availableFrom, availableUntil }: TaskPayload, context: RowContext): string[] {
  const line = (key: string, time: string | null): string[] =>
    time && !completed ? [context.t(key, { when: formatMoment(time, context) })] : [];
  return [...line('row.from', available ? null : availableFrom), ...line('row.until', availableUntil)];
}

const chipsOf = (task: TaskPayload, { categories, locale }: RowContext): RowView['categories'] =>
  task.categories.map((category) => {
    const { id, name, color } = categories.get(category.id) ?? category;
    return { id, name: textIn(locale, name), color };
  });
