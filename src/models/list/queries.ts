import { preparedSql, sql } from '../../database/sql.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';
import { ValidationError } from '../../lib/errors.ts';
import type { PersonPayload, Position, Positions } from '../../shared/events.ts';
import { limits } from '../../shared/limits.ts';
import { unreadCount } from '../follow/inbox.ts';
import type { CategoryRecord } from '../task/record.ts';
import { List } from './list.ts';

/** A list as the sidebar shows it; `name` is null for the personal one, `open` stops counting at 1,000. */
export interface SidebarList extends Position {
  id: number;
  name: string | null;
  /** Null for the personal one. */
  teamId: number | null;
  open: number;
  /** Whether it has more categories than `Sidebar.categories` holds of it. */
  hasMoreCategories: boolean;
}

/** What a page is about: of its list the sidebar has every category. */
export interface Subject {
  listId?: number | undefined;
  taskId?: number | undefined;
  categoryId?: number | undefined;
}

export interface Sidebar {
  lists: SidebarList[];
  /**
   * By list and name. Of a person in many lists the first ones of each, some 500 in all, and all of the list that the
   * page is about.
   */
  categories: CategoryRecord[];
  positions: Positions;
  /** Open tasks that are assigned to the viewer, in all lists; stops counting at 1,000. */
  mine: number;
  /** Tasks in the inbox; stops counting at 100. */
  unread: number;
}

/**
 * What surrounds every page of the viewer: lists with their open tasks, categories, positions. One prepared statement,
 * because every page waits for it; read it before the rows of the page: rows first missed an event in 76 of 300 loads.
 */
export async function findSidebar(viewer: Viewer, { listId, taskId, categoryId }: Subject = {}): Promise<Sidebar> {
  const rows = await preparedSql<SidebarRow>(SIDEBAR, [
    viewer.id,
    listId ?? null,
    taskId ?? null,
    categoryId ?? null,
    limits.categories,
  ]);
  const isCut = ({ categories, most }: SidebarRow): boolean => (categories?.length ?? 0) > most;
  return {
    lists: rows.map((row) => {
      const { categories: _, most: _most, mine: _mine, unread: _unread, ...list } = row;
      return { ...list, hasMoreCategories: isCut(row) };
    }),
    categories: rows.flatMap(({ categories, most }) => (categories ?? []).slice(0, most)),
    positions: Object.fromEntries(rows.map(({ id, epoch, version }) => [id, { epoch, version }])),
    mine: rows[0]?.mine ?? 0,
    unread: rows[0]?.unread ?? 0,
  };
}

interface SidebarRow extends Omit<SidebarList, 'hasMoreCategories'> {
  /** One more than `most`, if there are more. */
  categories: CategoryRecord[] | null;
  most: number;
  mine: number;
  unread: number;
}

/** The list that a request names, or the viewer's personal one. @throws ValidationError where it is not the viewer's */
export async function resolveVisibleList(viewer: Viewer, listId: number | undefined): Promise<number> {
  if (listId === undefined || listId === viewer.listId) return viewer.listId;
  if ((await visibleListIdsOf(viewer.id)).includes(listId)) return listId;
  throw new ValidationError({ path: 'listId', message: 'errors.listUnknown' });
}

/**
 * Asks again whether the viewer sees the list, in a unit of work and after its writes: these hold the list's row, so
 * that a removal from the team is either committed, and seen here, or comes later.
 */
export async function stillSees(viewer: Viewer, listId: number): Promise<boolean> {
  return listId === viewer.listId || (await visibleListIdsOf(viewer.id)).includes(listId);
}

/** The same. @throws ValidationError where the viewer does not see the list */
export async function requireList(viewer: Viewer, listId: number): Promise<void> {
  if (!(await stillSees(viewer, listId))) throw new ValidationError({ path: 'listId', message: 'errors.listUnknown' });
}

/** The name of a list's team; null for a personal list. */
export async function findListName(listId: number): Promise<string | null> {
  const [row] = await sql<{ name: string | null }>(
    'SELECT team.name FROM lists f LEFT JOIN teams team ON team.id = f.team_id WHERE f.id = $1',
    [listId],
  );
  return row?.name ?? null;
}

/** The ids of the lists that a user may see now. */
export async function visibleListIdsOf(userId: number): Promise<number[]> {
  const rows = await sql<{ id: number }>(`SELECT id FROM lists WHERE id IN ${visibleListIds('$1')} ORDER BY id`, [
    userId,
  ]);
  return rows.map(({ id }) => id);
}

export const findTeamList = (teamId: number): Promise<List> => List.findOne({ where: { teamId }, rejectOnEmpty: true });

/** The lists of the teams that these users are in, by user. */
export async function teamListIdsByUser(userIds: number[]): Promise<Map<number, Set<number>>> {
  const rows = await sql<{ userId: number; listId: number }>(TEAM_LISTS, [userIds]);
  const lists = new Map<number, Set<number>>();
  for (const { userId, listId } of rows) lists.set(userId, (lists.get(userId) ?? new Set()).add(listId));
  return lists;
}

/** The epoch and version of these lists, without deleted ones. Prepared: the sweep reads it every second. */
export async function listPositions(ids: number[]): Promise<Positions> {
  const rows = await preparedSql<Position & { id: number }>(
    'SELECT id, list_epoch(epoch) AS epoch, version FROM lists WHERE id = ANY($1::integer[])',
    [ids],
  );
  return Object.fromEntries(rows.map(({ id, epoch, version }) => [id, { epoch, version }]));
}

/**
 * The users to whom the pages offer to assign a task of a list, by name: the active members of its team. Nobody for a
 * personal list, and for one that the viewer does not see.
 */
export const assignableUsers = (viewer: Viewer, listId: number): Promise<PersonPayload[]> =>
  sql(ASSIGNABLE, [listId, viewer.id]);

/** Whether a user sees the list and may sign in. */
export async function isAssignable(listId: number, userId: number): Promise<boolean> {
  const found = await sql(`SELECT 1 FROM users WHERE id = $1 AND NOT disabled AND $2 IN ${visibleListIds('$1')}`, [
    userId,
    listId,
  ]);
  return found.length > 0;
}

const ASSIGNABLE = `
  SELECT u.id, u.name FROM lists l JOIN memberships m ON m.team_id = l.team_id JOIN users u ON u.id = m.user_id
  WHERE l.id = $1 AND l.id IN ${visibleListIds('$2')} AND NOT u.disabled ORDER BY u.folded_name, u.id`;

const TEAM_LISTS = `
  SELECT m.user_id AS "userId", l.id AS "listId" FROM memberships m JOIN lists l ON l.team_id = m.team_id
  WHERE m.user_id = ANY($1::integer[])`;

const SIDEBAR = `
  WITH seen AS MATERIALIZED (
    SELECT l.*, CASE WHEN l.id = coalesce(
      $2, (SELECT list_id FROM tasks WHERE id = $3::integer), (SELECT list_id FROM categories WHERE id = $4::integer)
    ) THEN $5::integer ELSE greatest($5 / count(*) OVER (), 5)::integer END AS most
    FROM lists l WHERE l.id IN ${visibleListIds('$1')}
  )
  SELECT l.id, team.name, team.id AS "teamId", list_epoch(l.epoch) AS epoch, l.version,
    (SELECT count(*) FROM (
      SELECT FROM tasks WHERE list_id = l.id AND deleted_at IS NULL AND completed_at IS NULL AND available LIMIT 1000
    ) counted)::integer AS open,
    (SELECT count(*) FROM (
      SELECT FROM tasks WHERE assignee_id = $1 AND deleted_at IS NULL AND completed_at IS NULL AND available LIMIT 1000
    ) assigned)::integer AS mine,
    ${unreadCount('$1')} AS unread,
    l.most,
    (SELECT json_agg(json_build_object('id', c.id, 'listId', c.list_id, 'name', c.name, 'color', c.color)) FROM (
      SELECT * FROM categories WHERE list_id = l.id ORDER BY folded_name, id LIMIT l.most + 1
    ) c) AS categories
  FROM seen l LEFT JOIN teams team ON team.id = l.team_id ORDER BY l.team_id IS NOT NULL, team.folded_name, l.id`;
