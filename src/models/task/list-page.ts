/**
 * Finds the tasks of the list pages and of the API. SQL by hand, because it is the hottest read; a test compares it
 * with the plain Sequelize query. Each list is read along its own index and the lists are merged (`LATERAL … LIMIT`):
 * measured 0.6–3.5 ms for 20 lists where `list_id = ANY` took 40–70.
 */
import { connectionShares } from '../../database/connection-shares.ts';
import { sqlParams, type Bind, preparedSql, sql } from '../../database/sql.ts';
import type { Cursor, CursorPart } from '../../database/cursor.ts';
import { RateLimitError } from '../../lib/errors.ts';
import { FairQueue } from '../../lib/fair-queue.ts';
import { limits } from '../../shared/limits.ts';
import { indexCondition, resolveSearch, searchConditions, type Search } from './search.ts';
import { conditionsOf, isCommon, isTrash, presentIn, sortOf, type TaskFilters } from './filters.ts';
import { taskColumns, taskJoins, type TaskRecord } from './record.ts';
import { afterCursor, cursorOf, orderBy, orderClause, piecesOf, type Piece, type TaskOrder } from './sort.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

export interface TaskPage {
  tasks: TaskRecord[];
  next: Cursor | null;
}

/** A search can be made to take seconds, and a few of those would hold every connection. */
const searches = new FairQueue(
  () => connectionShares().heavy,
  8,
  () => new RateLimitError(5),
);

/** One page of the viewer's tasks in a stable order, after the cursor, with authors and categories. */
export async function findTasks(
  viewer: Viewer,
  filters: TaskFilters,
  after: Cursor | null = null,
  size: number = limits.page,
): Promise<TaskPage> {
  const order = orderOf(filters);
  const read = async (): Promise<TaskRecord[]> => {
    const search = await resolveSearch(viewer, filters.q);
    let rows: TaskRecord[] = [];
    for (const piece of piecesOf(order, after)) {
      const limit = size + 1 - rows.length;
      if (limit <= 0) break;
      rows = rows.concat(await (search ? searchPiece : readPiece)(viewer, filters, piece, limit, search ?? []));
    }
    return rows;
  };
  // Filters that no page offers may read a whole list, so they take turns.
  const rows = await (isCommon(filters) ? read() : searches.run(viewer.id, read));
  const tasks = rows.slice(0, size);
  const last = rows.length > size ? tasks.at(-1) : undefined;
  return { tasks, next: last ? cursorOf(order, last) : null };
}

/** What else a search finds, of any status and in every list of the viewer: some of it, newest first. */
export function findBesides(viewer: Viewer, filters: TaskFilters): Promise<TaskPage> {
  const { status, list } = filters;
  if (status === 'all' && list === undefined) return Promise.resolve({ tasks: [], next: null });
  const besides = { status, list };
  return findTasks(viewer, { ...filters, status: 'all', list: undefined, sort: 'newest', besides }, null, limits.also);
}

function readPiece(viewer: Viewer, filters: TaskFilters, piece: Piece, limit: number): Promise<TaskRecord[]> {
  const { order } = piece;
  const { values, bind } = sqlParams();
  const lists = listsIn(filters, viewer, bind);
  const conditions = pieceConditions(viewer, filters, piece, bind);
  const sorted = `${orderClause(order)} LIMIT ${bind(limit)}`;
  const run = isPreparable(filters) ? preparedSql : sql;
  return run<TaskRecord>(
    `
    SELECT ${taskColumns} FROM (
      SELECT each.* FROM (${lists}) l CROSS JOIN LATERAL (
        SELECT * FROM tasks WHERE list_id = l.id AND ${conditions.join(' AND ')} ${sorted}
      ) each ${sorted}
    ) t ${taskJoins} ${orderClause(order, 't.')}`,
    values,
  );
}

/** Rows looked through in order, for each row that is asked for, before the index is used: one hit in a hundred. */
const WALK = 100;
/** Lists that are looked through; each costs part of the planning. */
const MAX_WALKED_LISTS = 30;

/**
 * What many tasks have is found among the first of the list, and what few have by the index. The planner cannot tell
 * which is which: it takes every three characters of a word for independent.
 */
async function searchPiece(
  viewer: Viewer,
  filters: TaskFilters,
  piece: Piece,
  limit: number,
  search: Search,
): Promise<TaskRecord[]> {
  if (isCommon({ ...filters, q: undefined, besides: undefined })) {
    const found = await walkPiece(viewer, filters, piece, limit, search);
    if (found.length === limit) return found;
  }
  const { values, bind } = sqlParams();
  const lists = listsIn(filters, viewer, bind);
  const conditions = [
    indexCondition(search, lists, isTrash(filters), bind),
    ...pieceConditions(viewer, filters, piece, bind),
    ...searchConditions(search, bind),
  ];
  const { order } = piece;
  // OFFSET 0: everything that is found is sorted, rather than everything walked in order until enough is found.
  return sql<TaskRecord>(
    `
    SELECT ${taskColumns} FROM (
      SELECT * FROM (
        SELECT * FROM tasks WHERE list_id IN (${lists}) AND ${conditions.join(' AND ')} OFFSET 0
      ) found ${orderClause(order)} LIMIT ${bind(limit)}
    ) t ${taskJoins} ${orderClause(order, 't.')}`,
    values,
  );
}

async function walkPiece(
  viewer: Viewer,
  filters: TaskFilters,
  piece: Piece,
  limit: number,
  search: Search,
): Promise<TaskRecord[]> {
  const visible = sqlParams();
  const lists = await sql<{ id: number }>(listsIn(filters, viewer, visible.bind), visible.values);
  if (lists.length === 0 || lists.length > MAX_WALKED_LISTS) return [];
  const { values, bind } = sqlParams();
  const conditions = pieceConditions(viewer, filters, piece, bind).join(' AND ');
  const order = orderClause(piece.order);
  const first = `${order} LIMIT ${bind(WALK * limit)}`;
  const each = lists.map(({ id }) => `(SELECT * FROM tasks WHERE list_id = ${bind(id)} AND ${conditions} ${first})`);
  return sql<TaskRecord>(
    `
    SELECT ${taskColumns} FROM (
      SELECT * FROM (SELECT * FROM (${each.join(' UNION ALL ')}) merged ${first}) tasks
      WHERE ${searchConditions(search, bind).join(' AND ')} ${order} LIMIT ${bind(limit)}
    ) t ${taskJoins} ${orderClause(piece.order, 't.')}`,
    values,
  );
}

const pieceConditions = (viewer: Viewer, filters: TaskFilters, { order, after, conditions }: Piece, bind: Bind) => [
  ...conditionsOf(filters, viewer, bind),
  ...conditions,
  ...(after ? [afterCursor(order, after, bind)] : []),
];

/** How many tasks the filters find on all pages together. */
export async function countTasks(viewer: Viewer, filters: TaskFilters): Promise<number> {
  const [row] = await searches.run(viewer.id, async () => {
    const { text, values } = await matching(viewer, filters);
    return sql<{ n: number }>(`SELECT count(*)::integer AS n ${text}`, values);
  });
  return row?.n ?? 0;
}

/**
 * The cursor of a page by its number: of the last row of the page before, so that the page itself is read like any.
 * @param offset how many rows come before the page
 * @returns null for the first page, 'end' past the last row
 */
export async function findCursor(viewer: Viewer, filters: TaskFilters, offset: number): Promise<Cursor | 'end' | null> {
  if (offset === 0) return null;
  const order = orderOf(filters);
  const [row] = await searches.run(viewer.id, async () => {
    const { text, bind, values } = await matching(viewer, filters);
    const sorted = `${orderClause(order)} LIMIT 1 OFFSET ${bind(offset - 1)}`;
    return sql<TaskRecord>(`SELECT ${taskColumns} FROM (SELECT * ${text} ${sorted}) t ${taskJoins}`, values);
  });
  return row ? cursorOf(order, row) : 'end';
}

/** All that the filters find, in every list. */
async function matching(viewer: Viewer, filters: TaskFilters) {
  const search = await resolveSearch(viewer, filters.q);
  const { values, bind } = sqlParams();
  const lists = listsIn(filters, viewer, bind);
  const conditions = [
    ...conditionsOf(filters, viewer, bind),
    ...(search ? [indexCondition(search, lists, isTrash(filters), bind), ...searchConditions(search, bind)] : []),
  ];
  return { text: `FROM tasks WHERE list_id IN (${lists}) AND ${conditions.join(' AND ')}`, bind, values };
}

/** The parts of a cursor of this list. */
export const cursorParts = (filters: TaskFilters): CursorPart[] => orderOf(filters).columns;

const orderOf = (filters: TaskFilters): TaskOrder => orderBy(sortOf(filters), presentIn(filters));

const listsIn = ({ list }: TaskFilters, viewer: Viewer, bind: Bind): string =>
  `SELECT id FROM lists WHERE id IN ${visibleListIds(bind(viewer.id))}` +
  (list === undefined ? '' : ` AND id = ${bind(list)}`);

/**
 * Whether the statement is prepared. Rare combinations of filters are not: every connection keeps all that it ever
 * prepared, and the 1,200 possible ones held 80 MB each.
 */
const isPreparable = (filters: TaskFilters): boolean => !filters.due && isCommon(filters);
