/** A task as the list draws it: pure, so that the server's row and the one that arrives live are the same bytes. */
import type { CategoryPayload, TaskPayload } from './events.ts';
import { formatDue, formatMoment, textIn, type Due, type Reader } from './format.ts';
import type { CategoryColor } from './limits.ts';

export interface RowContext extends Reader {
  /** Names and colours as they are now, by id. */
  categories: ReadonlyMap<number, CategoryPayload>;
  viewerId: number;
  /** The names of the lists, by list id, where a row shall say in which it is. */
  lists?: ReadonlyMap<number, string>;
  /** It has just arrived: it glows. */
  live?: boolean;
}

/** What `views/tasks/_row.pug` shows: words and addresses, nothing to decide. */
export interface RowView {
  id: number;
  listId: number;
  revision: number;
  /** ISO 8601. */
  created: string;
  completed: string | null;
  url: string;
  description: string;
  state: 'open' | 'done' | 'new';
  fresh: boolean;
  toggle: { action: string; method: 'DELETE' | null; label: string };
  due: Due | null;
  /** From when, while it waits, and until when. */
  times: string[];
  priority: { level: number; text: string } | null;
  categories: { id: number; name: string; color: CategoryColor }[];
  hasNotes: boolean;
  /** Where somebody else wrote it. */
  author: string | null;
  assignee: { name: string; initial: string } | null;
  /** Assigned to whoever looks. */
  mine: boolean;
  /** The list that it is in. */
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
    url: `/tasks/${String(id)}`,
    description,
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

/** The first letter of a name, whatever the script. */
export const initialOf = (name: string): string => ([...name.trim()][0] ?? '?').toUpperCase();

/** What is done is late no more. */
function dueOf({ dueOn, completed }: TaskPayload, context: RowContext): Due | null {
  if (!dueOn) return null;
  const due = formatDue(dueOn, context);
  if (!completed) return due;
  return due.late ? null : due;
}

function timesOf({ completed, available, availableFrom, availableUntil }: TaskPayload, context: RowContext): string[] {
  const say = (key: string, time: string | null): string[] =>
    time && !completed ? [context.t(key, { when: formatMoment(time, context) })] : [];
  return [...say('row.from', available ? null : availableFrom), ...say('row.until', availableUntil)];
}

const chipsOf = (task: TaskPayload, { categories, locale }: RowContext): RowView['categories'] =>
  task.categories.map((category) => {
    const { id, name, color } = categories.get(category.id) ?? category;
    return { id, name: textIn(locale, name), color };
  });
