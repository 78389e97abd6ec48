import { sql } from '../../database/sql.ts';
import { assigneesOf, type ActivityEntry } from '../event/activity.ts';
import { taskColumns, taskJoins, type TaskRecord } from '../task/record.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

/** A followed task, also in the trash, with the last change by somebody else. */
export interface InboxItem extends TaskRecord {
  followId: number;
  read: boolean;
  /** When somebody else changed it last. Rises with each change, so that it tells what was shown. */
  newsAt: Date;
  /** Null: the viewer's own list. */
  teamName: string | null;
  /** Null where the log has no change by anybody else any more. */
  entry: ActivityEntry | null;
}

/** Where a page of the inbox ends. */
export type InboxCursor = [newsAt: string, followId: number];

/** The followed tasks that others changed since the viewer read them, latest change first. */
export async function inboxPage(
  viewer: Viewer,
  after: InboxCursor | null,
  size: number,
): Promise<{ items: InboxItem[]; next: InboxCursor | null }> {
  const follows = `
    SELECT * FROM follows
    WHERE user_id = $1 AND NOT read ${after ? 'AND (updated_at, id) < ($3::timestamptz, $4::integer)' : ''}
      AND EXISTS (SELECT FROM tasks seen WHERE seen.id = task_id AND seen.list_id IN ${visibleListIds('$1')})
    ORDER BY updated_at DESC, id DESC LIMIT $2`;
  const rows = await sql<ItemRow>(itemsOf(follows), [viewer.id, size + 1, ...(after ?? [])]);
  const items = rows.slice(0, size).map(itemOf);
  const last = rows.length > size ? items.at(-1) : undefined;
  return { items, next: last ? [last.newsAt.toISOString(), last.followId] : null };
}

/** One task as the inbox shows it, read or not. @returns null where the viewer does not follow it or see it */
export async function findInboxItem(viewer: Viewer, taskId: number): Promise<InboxItem | null> {
  const [row] = await sql<ItemRow>(itemsOf('SELECT * FROM follows WHERE user_id = $1 AND task_id = $2'), [
    viewer.id,
    taskId,
  ]);
  return row ? itemOf(row) : null;
}

/** The number of unread items, counted to 100. */
export async function countUnread(viewer: Viewer): Promise<number> {
  const [row] = await countUnreadOf([viewer.id]);
  return row?.unread ?? 0;
}

/** The same for many users at once. */
export function countUnreadOf(userIds: number[]): Promise<{ userId: number; unread: number }[]> {
  return sql(`SELECT id AS "userId", ${unreadCount('one.id')} AS unread FROM unnest($1::integer[]) AS one (id)`, [
    userIds,
  ]);
}

/** The number of unread items as an SQL expression, counted to 100. @param user an SQL expression for the user's id */
export const unreadCount = (user: string): string => `
  (SELECT count(*)::integer FROM (
    SELECT FROM follows m JOIN tasks t ON t.id = m.task_id AND t.list_id IN ${visibleListIds(user)}
    WHERE m.user_id = ${user} AND NOT m.read LIMIT 100
  ) counted)`;

interface ItemRow extends Omit<InboxItem, 'entry'> {
  entryVersion: number | null;
  entryName: ActivityEntry['name'];
  entryAt: Date;
  changes: ActivityEntry['changes'];
  actorId: number | null;
  actorName: string | null;
  assignees: ActivityEntry['assignees'];
}

function itemOf({
  entryVersion,
  entryName,
  entryAt,
  changes,
  actorId,
  actorName,
  assignees,
  ...item
}: ItemRow): InboxItem {
  const { id, listId, teamName, description } = item;
  const entry =
    entryVersion === null
      ? null
      : {
          listId,
          teamName,
          version: entryVersion,
          name: entryName,
          subjectId: id,
          createdAt: entryAt,
          actorId,
          actor: actorName,
          changes,
          task: description,
          exists: true,
          category: null,
          person: null,
          assignees,
        };
  return { ...item, entry };
}

/** @param follows a query for follows of the viewer, $1 */
const itemsOf = (follows: string): string => `
  SELECT m.id AS "followId", m.read, m.updated_at AS "newsAt", team.name AS "teamName",
    e.version AS "entryVersion", e.name AS "entryName", e.created_at AS "entryAt", e.changes,
    e.actor_id AS "actorId", actor.name AS "actorName", ${assigneesOf('e')} AS assignees, ${taskColumns}
  FROM (${follows}) m
  JOIN tasks t ON t.id = m.task_id AND t.list_id IN ${visibleListIds('$1')}
  JOIN lists l ON l.id = t.list_id
  LEFT JOIN teams team ON team.id = l.team_id
  LEFT JOIN LATERAL (
    SELECT * FROM events
    WHERE subject = 'task' AND subject_id = t.id AND list_id = t.list_id AND actor_id IS DISTINCT FROM $1
      AND changes - '{position,user_id}'::text[] IS DISTINCT FROM '{}'
    ORDER BY version DESC LIMIT 1
  ) e ON true
  LEFT JOIN users actor ON actor.id = e.actor_id
  ${taskJoins}
  ORDER BY m.updated_at DESC, m.id DESC`;
