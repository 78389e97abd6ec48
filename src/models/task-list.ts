/**
 * The one list finder: SQL, because it is what every page waits for. A test holds it equal to the plain
 * Sequelize query. Each feed is read along its own index and the feeds are merged (`LATERAL … LIMIT`):
 * measured 0.6–3.5 ms for 20 feeds where `feed_id = ANY` took 40–70.
 */
import type { Sequelize } from 'sequelize';
import { prepared } from '../lib/prepared.ts';
import type { Cursor, CursorKind } from '../lib/cursor.ts';
import { escapeLike } from '../lib/escape-like.ts';
import { tooManyRequests } from '../lib/http-error.ts';
import { Turns } from '../lib/turns.ts';
import { daysAfter } from '../lib/calendar.ts';
import { dayIn } from '../shared/format.ts';
import { limits } from '../shared/limits.ts';
import { taskColumns, taskJoins, type TaskRecord } from './task-record.ts';
import { feedsOf, type Viewer } from './viewer.ts';

export const statuses = ['open', 'done', 'scheduled', 'all'] as const;
export const sorts = ['newest', 'due', 'order'] as const;
export const dues = ['late', 'today', 'week', 'none'] as const;

export interface TaskFilters {
  feed?: number | undefined;
  category?: number | undefined;
  status: (typeof statuses)[number] | 'trash' | 'doneToday';
  sort: (typeof sorts)[number];
  q?: string | undefined;
  due?: (typeof dues)[number] | undefined;
}

export interface TaskPage {
  tasks: TaskRecord[];
  next: Cursor | null;
}

interface Order {
  column: string;
  key: keyof TaskRecord;
  type: string;
  cursor: CursorKind;
  direction: 'ASC' | 'DESC';
  nullable?: true;
}

const orders = {
  newest: { column: 'created_at', key: 'createdAt', type: 'timestamptz', cursor: 'time', direction: 'DESC' },
  due: { column: 'due_on', key: 'dueOn', type: 'date', cursor: 'date', direction: 'ASC', nullable: true },
  order: { column: 'position', key: 'position', type: 'double precision', cursor: 'number', direction: 'ASC', nullable: true },
  done: { column: 'completed_at', key: 'completedAt', type: 'timestamptz', cursor: 'time', direction: 'DESC' },
  trash: { column: 'deleted_at', key: 'deletedAt', type: 'timestamptz', cursor: 'time', direction: 'DESC' },
} satisfies Record<string, Order>;

const states: Record<TaskFilters['status'], string> = {
  open: 'deleted_at IS NULL AND completed_at IS NULL AND available',
  done: 'deleted_at IS NULL AND completed_at IS NOT NULL',
  doneToday: 'deleted_at IS NULL AND completed_at IS NOT NULL',
  scheduled: 'deleted_at IS NULL AND completed_at IS NULL AND NOT available',
  all: 'deleted_at IS NULL',
  trash: 'deleted_at IS NOT NULL',
};

/** A text and a search can be made for each other that take seconds; a few of them would hold every connection. */
const searches = new Turns(2, 8, () => tooManyRequests(5));

/** One page of the viewer's tasks, in an order that stays put, after the cursor. */
export async function pageOfTasks(sequelize: Sequelize, viewer: Viewer, filters: TaskFilters, after: Cursor | null, size: number = limits.page): Promise<TaskPage> {
  const order = orderOf(filters);
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;

  const feeds = `SELECT id FROM feeds WHERE id IN ${feedsOf(bind(viewer.id))}${filters.feed === undefined ? '' : ` AND id = ${bind(filters.feed)}`}`;
  const conditions = [...conditionsOf(filters, viewer, bind), ...(after ? [beyond(order, after, bind)] : [])];
  const limit = bind(size + 1);
  const sorted = `ORDER BY ${order.column} ${order.direction}, id ${order.direction} LIMIT ${limit}`;
  const text = `
    SELECT ${taskColumns} FROM (
      SELECT each.* FROM (${feeds}) f CROSS JOIN LATERAL (
        SELECT * FROM tasks WHERE feed_id = f.id AND ${conditions.join(' AND ')} ${sorted}
      ) each ${sorted}
    ) t ${taskJoins} ORDER BY t.${order.column} ${order.direction}, t.id ${order.direction}`;

  const read = (): Promise<TaskRecord[]> => prepared<TaskRecord>(sequelize, shapeOf(filters, after), text, values);
  const rows = await (filters.q ? searches.run(viewer.id, read) : read());
  const tasks = rows.slice(0, size);
  const last = rows.length > size ? tasks.at(-1) : undefined;
  return { tasks, next: last ? cursorOf(order, last) : null };
}

/** What the cursors of such a list are made of. */
export const cursorKind = (filters: TaskFilters): CursorKind => orderOf(filters).cursor;

const orderOf = (filters: TaskFilters): Order => {
  if (filters.status === 'trash') return orders.trash;
  if (filters.status === 'done' || filters.status === 'doneToday') return orders.done;
  return orders[filters.sort];
};

function conditionsOf(filters: TaskFilters, viewer: Viewer, bind: (value: unknown) => string): string[] {
  const conditions = [states[filters.status]];
  if (filters.status === 'doneToday') {
    const zone = bind(viewer.timeZone);
    conditions.push(`completed_at >= date_trunc('day', now() AT TIME ZONE ${zone}) AT TIME ZONE ${zone}`);
  }
  if (filters.category !== undefined) {
    conditions.push(`EXISTS (SELECT FROM task_categories tc WHERE tc.task_id = tasks.id AND tc.category_id = ${bind(filters.category)})`);
  }
  if (filters.q) {
    const pattern = bind(`%${escapeLike(filters.q)}%`);
    conditions.push(`(description ILIKE ${pattern} OR notes ILIKE ${pattern})`);
  }
  if (filters.due) conditions.push(dueCondition(filters.due, dayIn(viewer.timeZone, new Date()), bind));
  return conditions;
}

function dueCondition(due: (typeof dues)[number], today: string, bind: (value: unknown) => string): string {
  switch (due) {
    case 'none': return 'due_on IS NULL';
    case 'late': return `due_on < ${bind(today)}::date`;
    case 'today': return `due_on = ${bind(today)}::date`;
    case 'week': return `due_on BETWEEN ${bind(today)}::date AND ${bind(daysAfter(today, 6))}::date`;
  }
}

/** Rows after the cursor; where the sort value may be missing, such rows come last. */
function beyond({ column, type, direction, nullable }: Order, [value, id]: Cursor, bind: (value: unknown) => string): string {
  const than = direction === 'ASC' ? '>' : '<';
  if (value === null) return `${column} IS NULL AND id ${than} ${bind(id)}`;
  const after = `(${column}, id) ${than} (${bind(value)}::${type}, ${bind(id)})`;
  return nullable ? `(${after} OR ${column} IS NULL)` : after;
}

function cursorOf({ key }: Order, task: TaskRecord): Cursor {
  const value = task[key];
  return [value instanceof Date ? value.toISOString() : (value as string | number | null), task.id];
}

/**
 * Names the prepared statement: filters that are asked in the same way share one. Rare ones have none, because
 * every connection keeps all that it was ever asked for: the 1,200 that anybody could ask for held 80 MB each.
 */
function shapeOf(filters: TaskFilters, after: Cursor | null): string | undefined {
  if (filters.q || filters.due) return undefined;
  return ['tasks', filters.status, filters.sort, ...(['feed', 'category'] as const).filter((key) => filters[key]), after ? (after[0] === null ? 'after-null' : 'after') : ''].join('-');
}
