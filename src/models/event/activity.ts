import { sql } from '../../database/sql.ts';
import type { EventName, LocalizedText } from '../../shared/events.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

/** An event as the activity shows it. */
export interface ActivityEntry {
  listId: number;
  /** Null: the viewer's own list. */
  teamName: string | null;
  version: number;
  name: EventName;
  subjectId: number;
  createdAt: Date;
  actorId: number | null;
  actor: string | null;
  /**
   * Old and new value of each changed column, and under `categories` the names before and after. Null where the log
   * has only the fact.
   */
  changes: Record<string, [unknown, unknown]> | null;
  /** The description of the task before this change, null where it was purged. */
  task: string | null;
  /** Whether the task is still in the list. */
  exists: boolean;
  /** The name of the category before this change, or where that made it. */
  category: LocalizedText | null;
  person: string | null;
  /** The people whom the task was assigned to before and after; null where their accounts were deleted. */
  assignees?: [old: string | null, now: string | null];
}

export interface ActivityFilters {
  list?: number | undefined;
  /** The id of the person who made the change. */
  actor?: number | undefined;
  /** Only events of this task. */
  task?: number | undefined;
}

/** The end of a page. */
export interface ActivityCursor {
  createdAt: string;
  listId: number;
  version: number;
}

/** The names of the people in a change of the assignee, as an SQL expression. @param event the alias of the event */
export const assigneesOf = (event: string): string => `
  CASE WHEN ${event}.changes ? 'assignee_id' THEN jsonb_build_array(
    (SELECT name FROM users WHERE id = (${event}.changes #>> '{assignee_id,0}')::integer),
    (SELECT name FROM users WHERE id = (${event}.changes #>> '{assignee_id,1}')::integer)
  ) END`;

/**
 * The activity of the viewer's lists, newest first: each list is read along its index, then they are merged. What a
 * task or category was called is in the next change of its name.
 */
export async function activityPage(
  viewer: Viewer,
  filters: ActivityFilters,
  after: ActivityCursor | null,
  size: number,
): Promise<{ entries: ActivityEntry[]; next: ActivityCursor | null }> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const visible = `SELECT id, team_id FROM lists WHERE id IN ${visibleListIds(bind(viewer.id))}`;
  const lists = filters.list === undefined ? visible : `${visible} AND id = ${bind(filters.list)}`;
  const conditions = [
    // A deleted author is one entry, that of the membership, not one for each task.
    "NOT coalesce(e.changes ? 'user_id', false)",
    ...(filters.actor === undefined ? [] : [`e.actor_id = ${bind(filters.actor)}`]),
    ...(filters.task === undefined ? [] : [`e.subject = 'task' AND e.subject_id = ${bind(filters.task)}`]),
    ...(after
      ? [
          `(e.created_at, e.list_id, e.version)
            < (${bind(after.createdAt)}::timestamptz, ${bind(after.listId)}, ${bind(after.version)})`,
        ]
      : []),
  ];
  // Not a parameter: for an unknown limit the planner expects so many rows that it reads all tasks to join them
  // (20 to 30 ms instead of 0.4).
  const limit = String(Math.trunc(size + 1));
  const text = `
    SELECT e.list_id AS "listId", team.name AS "teamName", e.version, e.name, e.subject_id AS "subjectId",
      e.created_at AS "createdAt", e.actor_id AS "actorId", actor.name AS actor, e.changes,
      coalesce(named.changes #>> '{description,0}', t.description) AS task, t.id IS NOT NULL AS exists,
      CASE WHEN e.subject = 'category'
        THEN coalesce(nullif(named.changes #> '{name,0}', 'null'), named.changes #> '{name,1}', c.name) END AS category,
      person.name AS person, ${assigneesOf('e')} AS assignees
    FROM (
      SELECT each.*, l.team_id FROM (${lists}) l CROSS JOIN LATERAL (
        SELECT * FROM events e WHERE e.list_id = l.id ${conditions.map((condition) => `AND ${condition}`).join(' ')}
        ORDER BY e.created_at DESC, e.version DESC LIMIT ${limit}
      ) each ORDER BY each.created_at DESC, each.list_id DESC, each.version DESC LIMIT ${limit}
    ) e
    LEFT JOIN teams team ON team.id = e.team_id
    LEFT JOIN users actor ON actor.id = e.actor_id
    LEFT JOIN tasks t ON e.subject = 'task' AND t.id = e.subject_id AND t.list_id = e.list_id
    LEFT JOIN categories c ON e.subject = 'category' AND c.id = e.subject_id AND c.list_id = e.list_id
    LEFT JOIN users person ON e.subject = 'user' AND person.id = e.subject_id
    LEFT JOIN LATERAL (
      SELECT changes FROM events n
      WHERE n.subject = e.subject AND n.subject_id = e.subject_id AND n.list_id = e.list_id AND n.version >= e.version
        AND n.changes ?| ARRAY['description', 'name']
      ORDER BY n.version LIMIT 1
    ) named ON true
    ORDER BY e.created_at DESC, e.list_id DESC, e.version DESC`;
  const rows = await sql<ActivityEntry>(text, values);
  const entries = rows.slice(0, size);
  const last = rows.length > size ? entries.at(-1) : undefined;
  return {
    entries,
    next: last ? { createdAt: last.createdAt.toISOString(), listId: last.listId, version: last.version } : null,
  };
}
