import type { Bind } from '../../database/sql.ts';
import { daysAfter } from '../../lib/local-time.ts';
import { dayIn } from '../../shared/format.ts';
import { taskStatuses } from '../../schemas/task-query.ts';
import { orderBy, type SortKey, type SortName, type TaskOrder } from './sort.ts';
import type { Viewer } from '../../database/visible-lists.ts';

export { taskStatuses as statuses };
export const dues = ['late', 'today', 'week', 'none'] as const;

/** The orders that the pages offer. */
const pageOrders = {
  newest: [{ by: 'createdAt', descending: true }],
  due: [{ by: 'dueOn', descending: false }],
  order: [{ by: 'order', descending: false }],
} satisfies Record<string, SortKey[]>;
export const sorts = Object.keys(pageOrders) as (keyof typeof pageOrders)[];

/** Filters that only the API offers. Dates are `YYYY-MM-DD`; an unknown id finds nothing. */
export interface ApiFilters {
  /** Tasks of the status that are in the trash. */
  trash?: boolean | undefined;
  /** Of any of these statuses. */
  statuses?: readonly (typeof taskStatuses)[number][] | undefined;
  /** Any of several values; null is a task without one. */
  anyOf?: { [Name in keyof typeof columns | 'category']?: readonly (number | null)[] | undefined } | undefined;
  dueFrom?: string | undefined;
  dueTo?: string | undefined;
  dueBefore?: string | undefined;
  dueAfter?: string | undefined;
  /** Open and due before today in the viewer's time zone, or all others. */
  overdue?: boolean | undefined;
  externalProvider?: string | undefined;
  externalId?: string | undefined;
  updatedSince?: Date | undefined;
  completedSince?: Date | undefined;
}

export interface TaskFilters extends ApiFilters {
  list?: number | undefined;
  category?: number | undefined;
  assignee?: number | undefined;
  status: (typeof taskStatuses)[number] | 'trash' | 'doneToday';
  sort: keyof typeof pageOrders | readonly SortKey[];
  q?: string | undefined;
  /** Without the tasks of this status, or of this status and list: they are shown already. */
  besides?: { status: keyof typeof states; list?: number | undefined } | undefined;
  due?: (typeof dues)[number] | undefined;
}

const states: Record<TaskFilters['status'], string[]> = {
  open: ['completed_at IS NULL', 'available'],
  done: ['completed_at IS NOT NULL'],
  doneToday: ['completed_at IS NOT NULL'],
  scheduled: ['completed_at IS NULL', 'NOT available'],
  all: [],
  trash: [],
};

/** The requested order; completed and deleted tasks have one of their own on the pages. */
export const sortOf = ({ status, sort }: TaskFilters): readonly SortKey[] =>
  typeof sort === 'string' ? ordersOf(status)[sort] : sort;

/**
 * Whether a page offers these filters too: those are asked for often, and have an index. Completed tasks of an assignee
 * have none.
 */
export function isCommon(filters: TaskFilters): boolean {
  const order = sortName(filters);
  const rare = Object.keys(comparisons).filter((name) => !(name === 'assignee' && filters.status === 'open'));
  return (
    !filters.q &&
    !filters.besides &&
    !filters.trash &&
    !filters.statuses &&
    filters.overdue === undefined &&
    Object.values(filters.anyOf ?? {}).every((values) => values === undefined) &&
    rare.every((name) => filters[name as keyof typeof comparisons] === undefined) &&
    sorts.some((sort) => sortName({ ...filters, sort }) === order)
  );
}

export const sortName = (filters: TaskFilters): string =>
  sortOf(filters)
    .map(({ by, descending }) => (descending ? `-${by}` : by))
    .join();

function ordersOf(status: TaskFilters['status']): Record<keyof typeof pageOrders, SortKey[]> {
  const by = status === 'trash' ? 'deletedAt' : status === 'done' || status === 'doneToday' ? 'completedAt' : null;
  return by === null
    ? pageOrders
    : { newest: [{ by, descending: true }], due: [{ by, descending: true }], order: [{ by, descending: true }] };
}

export const isTrash = ({ status, trash }: TaskFilters): boolean => status === 'trash' || trash === true;

/** The attributes that are never null in what the filters find. */
export function presentIn(filters: TaskFilters): SortName[] {
  return [
    ...(isTrash(filters) ? ['deletedAt' as const] : []),
    ...(filters.status === 'done' || filters.status === 'doneToday' || filters.completedSince !== undefined
      ? ['completedAt' as const]
      : []),
    ...([filters.dueFrom, filters.dueTo, filters.dueBefore, filters.dueAfter].some((day) => day !== undefined)
      ? ['dueOn' as const]
      : []),
  ];
}

/** The requested order, with what is known of it from the filters. */
export const orderOf = (filters: TaskFilters): TaskOrder => orderBy(sortOf(filters), presentIn(filters));

/** The conditions on `tasks` of the status alone. */
export function statusConditions({ status }: TaskFilters, viewer: Viewer, bind: Bind): string[] {
  if (status !== 'doneToday') return states[status];
  const zone = bind(viewer.timeZone);
  return [...states[status], `completed_at >= date_trunc('day', now() AT TIME ZONE ${zone}) AT TIME ZONE ${zone}`];
}

/** One condition on `tasks` for each filter; all must hold. */
export function conditionsOf(filters: TaskFilters, viewer: Viewer, bind: Bind): string[] {
  const conditions = [
    `deleted_at IS ${isTrash(filters) ? 'NOT NULL' : 'NULL'}`,
    ...statusConditions(filters, viewer, bind),
  ];
  if (filters.category !== undefined) {
    conditions.push(
      `EXISTS (
        SELECT FROM task_categories tc WHERE tc.task_id = tasks.id AND tc.category_id = ${bind(filters.category)}
      )`,
    );
  }
  if (filters.besides !== undefined) conditions.push(`NOT (${besidesCondition(filters.besides, bind)})`);
  if (filters.due) conditions.push(dueCondition(filters.due, dayIn(viewer.timeZone, new Date()), bind));
  const { statuses, anyOf = {}, overdue } = filters;
  if (statuses) conditions.push(`(${statuses.map((one) => ['true', ...states[one]].join(' AND ')).join(' OR ')})`);
  for (const [name, column] of Object.entries(columns)) {
    const values = anyOf[name as keyof typeof columns];
    if (values)
      conditions.push(anyCondition(values, (ids) => `${column} = ANY(${bind(ids)}::integer[])`, `${column} IS NULL`));
  }
  if (anyOf.category) {
    const within = 'SELECT FROM task_categories tc WHERE tc.task_id = tasks.id';
    const inAny = (ids: number[]): string => `EXISTS (${within} AND tc.category_id = ANY(${bind(ids)}::integer[]))`;
    conditions.push(anyCondition(anyOf.category, inAny, `NOT EXISTS (${within})`));
  }
  if (overdue !== undefined) {
    const today = dayIn(viewer.timeZone, new Date());
    const isLate = `(due_on IS NOT NULL AND due_on < ${bind(today)}::date AND completed_at IS NULL)`;
    conditions.push(overdue ? isLate : `NOT ${isLate}`);
  }
  for (const [name, condition] of Object.entries(comparisons)) {
    const value = filters[name as keyof typeof comparisons];
    if (value !== undefined) conditions.push(condition(bind(value)));
  }
  return conditions;
}

const besidesCondition = ({ status, list }: NonNullable<TaskFilters['besides']>, bind: Bind): string =>
  [...states[status], ...(list === undefined ? [] : [`list_id = ${bind(list)}`]), 'true'].join(' AND ');

/** Columns of which a filter may have several values. */
const columns = { list: 'list_id', assignee: 'assignee_id', author: 'user_id', priority: 'priority' };

/** @param isNull the condition of a task without a value */
function anyCondition(values: readonly (number | null)[], isAny: (ids: number[]) => string, isNull: string): string {
  const ids = values.filter((value) => value !== null);
  return `(${[...(ids.length > 0 ? [isAny(ids)] : []), ...(values.includes(null) ? [isNull] : [])].join(' OR ')})`;
}

const comparisons = {
  dueFrom: (place) => `due_on >= ${place}::date`,
  dueTo: (place) => `due_on <= ${place}::date`,
  dueBefore: (place) => `due_on < ${place}::date`,
  dueAfter: (place) => `due_on > ${place}::date`,
  assignee: (place) => `assignee_id = ${place}`,
  externalProvider: (place) => `external_provider = ${place}`,
  externalId: (place) => `external_id = ${place}`,
  updatedSince: (place) => `updated_at >= ${place}`,
  completedSince: (place) => `completed_at >= ${place}`,
} satisfies Partial<Record<keyof TaskFilters, (place: string) => string>>;

function dueCondition(due: (typeof dues)[number], today: string, bind: Bind): string {
  switch (due) {
    case 'none':
      return 'due_on IS NULL';
    case 'late':
      return `due_on < ${bind(today)}::date`;
    case 'today':
      return `due_on = ${bind(today)}::date`;
    case 'week':
      return `due_on BETWEEN ${bind(today)}::date AND ${bind(daysAfter(today, 6))}::date`;
  }
}
