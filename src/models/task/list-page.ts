/**
 * Finds the tasks of the list pages and of the API. SQL by hand, because it is the hottest read; a test compares it
 * with the plain Sequelize query. Each list is read along its own index and the lists are merged (`LATERAL … LIMIT`):
 * measured 0.6–3.5 ms for 20 lists where `list_id = ANY` took 40–70.
 */
import { sqlParams, type Bind, preparedSql, sql } from '../../database/sql.ts';
import type { Cursor, CursorPart } from '../../database/cursor.ts';
import { RateLimitError } from '../../lib/errors.ts';
import { FairQueue } from '../../lib/fair-queue.ts';
import { limits } from '../../shared/limits.ts';
import { conditionsOf, isCommon, presentIn, sortOf, type TaskFilters } from './filters.ts';
import { taskColumns, taskJoins, type TaskRecord } from './record.ts';
import { afterCursor, cursorOf, orderBy, orderClause, piecesOf, type Piece, type TaskOrder } from './sort.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

export interface TaskPage {
  tasks: TaskRecord[];
  next: Cursor | null;
}

/** A search can be made to take seconds, and a few of those would hold every connection. */
const searches = new FairQueue(2, 8, () => new RateLimitError(5));

/** One page of the viewer's tasks in a stable order, after the cursor, with authors and categories. */
export async function findTasks(
  viewer: Viewer,
  filters: TaskFilters,
  after: Cursor | null = null,
  size: number = limits.page,
): Promise<TaskPage> {
  const order = orderOf(filters);
  const read = async (): Promise<TaskRecord[]> => {
    const rows: TaskRecord[] = [];
    for (const piece of piecesOf(order, after))
      if (rows.length <= size) rows.push(...(await readPiece(viewer, filters, piece, size + 1 - rows.length)));
    return rows;
  };
  // Filters that no page offers may read a whole list, so they take turns.
  const rows = await (isCommon(filters) ? read() : searches.run(viewer.id, read));
  const tasks = rows.slice(0, size);
  const last = rows.length > size ? tasks.at(-1) : undefined;
  return { tasks, next: last ? cursorOf(order, last) : null };
}

function readPiece(viewer: Viewer, filters: TaskFilters, piece: Piece, limit: number): Promise<TaskRecord[]> {
  const { order, after } = piece;
  const { values, bind } = sqlParams();
  const lists = listsIn(filters, viewer, bind);
  const conditions = [
    ...conditionsOf(filters, viewer, bind),
    ...piece.conditions,
    ...(after ? [afterCursor(order, after, bind)] : []),
  ];
  const sorted = `${orderClause(order)} LIMIT ${bind(limit)}`;
  const run = isPreparable(filters) ? preparedSql : sql;
  return run<TaskRecord>(
    `
    SELECT ${taskColumns} FROM (
      SELECT each.* FROM (${lists}) f CROSS JOIN LATERAL (
        SELECT * FROM tasks WHERE list_id = f.id AND ${conditions.join(' AND ')} ${sorted}
      ) each ${sorted}
    ) t ${taskJoins} ${orderClause(order, 't.')}`,
    values,
  );
}

/** How many tasks the filters find on all pages together. */
export async function countTasks(viewer: Viewer, filters: TaskFilters): Promise<number> {
  const { values, bind } = sqlParams();
  const text = `
    SELECT count(*)::integer AS n FROM tasks
    WHERE list_id IN (${listsIn(filters, viewer, bind)}) AND ${conditionsOf(filters, viewer, bind).join(' AND ')}`;
  const [row] = await searches.run(viewer.id, () => sql<{ n: number }>(text, values));
  return row?.n ?? 0;
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
