/**
 * Reads a page of a search, and what else matches. Which tasks are found is asked of one table: planning the joins of a
 * page took longer than finding a rare word. The records follow in a prepared statement.
 */
import { preparedSql, sql, sqlParams, type Bind } from '../../database/sql.ts';
import type { Cursor } from '../../database/cursor.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { limits } from '../../shared/limits.ts';
import { conditionsOf, isCommon, isTrash, orderOf, statusConditions, type TaskFilters } from './filters.ts';
import { taskColumns, taskJoins, type TaskPage, type TaskRecord } from './record.ts';
import { foundTasks, searchConditions, searchedLists, type Search } from './search.ts';
import {
  afterCursor,
  cursorOf,
  orderClause,
  orderTerms,
  pieceConditions,
  piecesOf,
  type Piece,
  type TaskOrder,
} from './sort.ts';

/** A task that is found, with the values by which it is sorted. */
type Hit = Pick<TaskRecord, 'id'> & Partial<TaskRecord>;

/** What else matches, of any status and in every list of the viewer: some of it, newest first. */
export interface Besides {
  tasks: TaskRecord[];
  more: boolean;
}

interface Wanted {
  filters: TaskFilters;
  after: Cursor | null;
  limit: number;
}

/**
 * One page of a search after the cursor.
 * @param withBesides whether to look for what else matches, where this is the last page
 */
export async function readSearch(
  viewer: Viewer,
  search: Search,
  filters: TaskFilters,
  after: Cursor | null,
  size: number,
  withBesides: boolean,
): Promise<{ page: TaskPage; also: Besides | null }> {
  const wanted = { filters, after, limit: size + 1 };
  const besides = withBesides ? besidesOf(filters) : null;
  // In the same lists, the index may find both at once.
  const both = besides !== null && filters.list === undefined ? besides.limit : 0;
  const { shown, others } = await find(viewer, search, wanted, both);
  const isLast = shown.length <= size;
  const also = !besides || !isLast ? [] : (others ?? (await find(viewer, search, besides)).shown);

  const onPage = shown.slice(0, size);
  const records = await readRecords(search, [...onPage, ...also.slice(0, limits.also)], isTrash(filters));
  const ids = new Set(onPage.map(({ id }) => id));
  const last = isLast ? undefined : onPage.at(-1);
  return {
    page: {
      tasks: records.filter(({ id }) => ids.has(id)),
      next: last ? cursorOf(orderOf(filters), last) : null,
    },
    also: besides && { tasks: records.filter(({ id }) => !ids.has(id)), more: also.length > limits.also },
  };
}

function besidesOf(filters: TaskFilters): Wanted | null {
  const { status, list } = filters;
  if (status === 'all' && list === undefined) return null;
  return {
    filters: { ...filters, status: 'all', list: undefined, sort: 'newest', besides: { status, list } },
    after: null,
    limit: limits.also + 1,
  };
}

interface Found {
  shown: Hit[];
  /** What else matches in the same lists; null where it was not looked for. */
  others: Hit[] | null;
}

/**
 * What many tasks have is found among the first of the list, and what few have by the index. The planner cannot tell
 * which is which: it takes every three characters of a word for independent.
 * @param others how many of other statuses to find, if that takes no statement of its own
 */
async function find(viewer: Viewer, search: Search, wanted: Wanted, others = 0): Promise<Found> {
  let shown: Hit[] = [];
  for (const piece of piecesOf(orderOf(wanted.filters), wanted.after)) {
    const limit = wanted.limit - shown.length;
    if (limit <= 0) break;
    const part: Part = { viewer, search, filters: wanted.filters, piece, limit };
    const walked = await walk(part);
    // Where the list is short, an index for its status may be better than the one for the words, which the others need.
    if (walked && walked.length < limit && others > 0 && piece.name === 'all' && (await isLong(part)))
      return findBoth(part, others);
    shown = shown.concat(walked?.length === limit ? walked : await findByIndex(part));
  }
  return { shown, others: null };
}

/** A piece of what is wanted. */
interface Part {
  viewer: Viewer;
  search: Search;
  filters: TaskFilters;
  piece: Piece;
  limit: number;
}

/** Rows looked through in order, for each row that is asked for, before the index is used: one hit in a hundred. */
const WALK = 100;
/** Lists that are looked through; each costs part of the planning. */
const MAX_WALKED_LISTS = 30;

/** Those among the first tasks. @returns null where these are not looked through */
async function walk(part: Part): Promise<Hit[] | null> {
  const { search, filters, piece, limit } = part;
  const lists = searchedLists(search, filters.list);
  const isWalkable = lists.length > 0 && lists.length <= MAX_WALKED_LISTS;
  if (!isWalkable || !isCommon({ ...filters, q: undefined, besides: undefined })) return null;
  const { values, bind } = sqlParams();
  const order = orderOf(filters);
  const first = firstTasks(part, columnsOf(order, 'search_text', 'assignee_id', 'user_id'), WALK * limit, bind);
  return sql<Hit>(
    `
    SELECT ${hitColumns(order)} FROM (${first}) tasks
    WHERE ${searchConditions(search.words, bind).join(' AND ')} ${orderClause(piece.order)} LIMIT ${bind(limit)}`,
    values,
  );
}

/** Whether there are more tasks than those that are looked through. Reads only the index, in a third of the time. */
async function isLong(part: Part): Promise<boolean> {
  const { values, bind } = sqlParams();
  const most = WALK * part.limit;
  const first = firstTasks(part, columnsOf(part.piece.order), most + 1, bind);
  return (await sql(`SELECT id FROM (${first}) tasks OFFSET ${bind(most)}`, values)).length > 0;
}

/** The first tasks of all lists that are searched, in order, whether they match or not. */
function firstTasks({ viewer, search, filters, piece }: Part, columns: string, limit: number, bind: Bind): string {
  const conditions = [...conditionsOf(filters, viewer, bind), ...pieceConditions(piece, bind)].join(' AND ');
  const sorted = `${orderClause(piece.order)} LIMIT ${bind(limit)}`;
  const each = searchedLists(search, filters.list).map(
    (id) => `(SELECT ${columns} FROM tasks WHERE list_id = ${bind(id)} AND ${conditions} ${sorted})`,
  );
  return `SELECT * FROM (${each.join(' UNION ALL ')}) merged ${sorted}`;
}

function findByIndex({ viewer, search, filters, piece, limit }: Part): Promise<Hit[]> {
  const { values, bind } = sqlParams();
  const order = orderOf(filters);
  const conditions = [...conditionsOf(filters, viewer, bind), ...pieceConditions(piece, bind)];
  const selection = { columns: columnsOf(order), conditions, list: filters.list, inTrash: isTrash(filters) };
  return sql<Hit>(
    `
    SELECT ${hitColumns(order)} FROM (${foundTasks(search, selection, bind)}) found
    ${orderClause(piece.order)} LIMIT ${bind(limit)}`,
    values,
  );
}

/**
 * What is shown and what else matches, in one pass and one sort: the sort keeps only the first rows of so many, which
 * are those that are shown, then the others, newest first.
 */
async function findBoth({ viewer, search, filters, piece, limit }: Part, others: number): Promise<Found> {
  const { values, bind } = sqlParams();
  const { order, after } = piece;
  const inTrash = isTrash(filters);
  const isShown = ['true', ...statusConditions(filters, viewer, bind)].join(' AND ');
  const conditions = [
    ...conditionsOf({ ...filters, status: 'all', trash: inTrash }, viewer, bind),
    ...(after ? [`(NOT (${isShown}) OR ${afterCursor(order, after, bind)})`] : []),
  ];
  const columns = `${columnsOf(order)}, ${isShown} AS shown`;
  const found = foundTasks(search, { columns, conditions, list: filters.list, inTrash }, bind);
  const hits = await sql<Hit & { shown: boolean }>(
    `
    SELECT ${hitColumns(order)}, shown FROM (${found}) found
    ORDER BY shown DESC, CASE WHEN NOT shown THEN created_at END DESC, CASE WHEN NOT shown THEN id END DESC,
      ${orderTerms(order)}
    LIMIT ${bind(limit + others)}`,
    values,
  );
  return {
    shown: hits.filter(({ shown }) => shown).slice(0, limit),
    others: hits.filter(({ shown }) => !shown).slice(0, others),
  };
}

/** Of `tasks`, what a hit and its order need, and more: not all columns, which took a fifth longer. */
const columnsOf = ({ columns }: TaskOrder, ...more: string[]): string =>
  [...new Set(['id', 'created_at', ...columns.map(({ column }) => column), ...more])].join(', ');

const hitColumns = ({ columns }: TaskOrder): string =>
  ['id', ...columns.map(({ column, key }) => `${column} AS "${key}"`)].join(', ');

const RECORDS = `
  SELECT ${taskColumns}
  FROM unnest($1::integer[]) WITH ORDINALITY AS hits (id, place) JOIN tasks t ON t.id = hits.id ${taskJoins}
  WHERE t.list_id = ANY($2::integer[]) AND (t.deleted_at IS NOT NULL) = $3 ORDER BY hits.place`;

/** In the order of the hits, without those that were moved to where they are not searched meanwhile. */
const readRecords = async (search: Search, hits: Hit[], inTrash: boolean): Promise<TaskRecord[]> =>
  hits.length === 0 ? [] : preparedSql(RECORDS, [hits.map(({ id }) => id), search.lists, inTrash]);
