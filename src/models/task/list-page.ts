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
import { foundTasks, resolveSearch } from './search.ts';
import { readSearch, type Besides } from './search-page.ts';
import { conditionsOf, isCommon, isTrash, orderOf, type TaskFilters } from './filters.ts';
import { taskColumns, taskJoins, type TaskPage, type TaskRecord } from './record.ts';
import { cursorOf, orderClause, pieceConditions, piecesOf, type Piece } from './sort.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

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
  return (await findPage(viewer, filters, after, size, false)).page;
}

/** The page, and where it is the last one of a search, what else the search finds. */
export const findWithBesides = (
  viewer: Viewer,
  filters: TaskFilters,
  after: Cursor | null,
): Promise<{ page: TaskPage; also: Besides | null }> => findPage(viewer, filters, after, limits.page, true);

function findPage(
  viewer: Viewer,
  filters: TaskFilters,
  after: Cursor | null,
  size: number,
  withBesides: boolean,
): Promise<{ page: TaskPage; also: Besides | null }> {
  const read = async (): Promise<{ page: TaskPage; also: Besides | null }> => {
    const search = await resolveSearch(viewer, filters.q);
    return search
      ? readSearch(viewer, search, filters, after, size, withBesides)
      : { page: await readPage(viewer, filters, after, size), also: null };
  };
  // Filters that no page offers may read a whole list, so they take turns.
  return isCommon(filters) ? read() : searches.run(viewer.id, read);
}

async function readPage(viewer: Viewer, filters: TaskFilters, after: Cursor | null, size: number): Promise<TaskPage> {
  const order = orderOf(filters);
  let rows: TaskRecord[] = [];
  for (const piece of piecesOf(order, after)) {
    const limit = size + 1 - rows.length;
    if (limit <= 0) break;
    rows = rows.concat(await readPiece(viewer, filters, piece, limit));
  }
  const tasks = rows.slice(0, size);
  const last = rows.length > size ? tasks.at(-1) : undefined;
  return { tasks, next: last ? cursorOf(order, last) : null };
}

function readPiece(viewer: Viewer, filters: TaskFilters, piece: Piece, limit: number): Promise<TaskRecord[]> {
  const { order } = piece;
  const { values, bind } = sqlParams();
  const lists = listsIn(filters, viewer, bind);
  const conditions = [...conditionsOf(filters, viewer, bind), ...pieceConditions(piece, bind)];
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
  const conditions = conditionsOf(filters, viewer, bind);
  const { list } = filters;
  const found = search
    ? foundTasks(search, { columns: '*', conditions, list, inTrash: isTrash(filters) }, bind)
    : `SELECT * FROM tasks WHERE list_id IN (${listsIn(filters, viewer, bind)}) AND ${conditions.join(' AND ')}`;
  return { text: `FROM (${found}) found`, bind, values };
}

/** The parts of a cursor of this list. */
export const cursorParts = (filters: TaskFilters): CursorPart[] => orderOf(filters).columns;

const listsIn = ({ list }: TaskFilters, viewer: Viewer, bind: Bind): string =>
  `SELECT id FROM lists WHERE id IN ${visibleListIds(bind(viewer.id))}` +
  (list === undefined ? '' : ` AND id = ${bind(list)}`);

/**
 * Whether the statement is prepared. Rare combinations of filters are not: every connection keeps all that it ever
 * prepared, and the 1,200 possible ones held 80 MB each.
 */
const isPreparable = (filters: TaskFilters): boolean => !filters.due && isCommon(filters);
