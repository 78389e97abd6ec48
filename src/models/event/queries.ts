/** Reads of the event log, which every delivery makes: SQL by hand, prepared. */
import { connectionShares } from '../../database/connection-shares.ts';
import { preparedSql } from '../../database/sql.ts';
import { visibleListIds } from '../../database/visible-lists.ts';
import { RateLimitError } from '../../lib/errors.ts';
import { FairQueue } from '../../lib/fair-queue.ts';
import type { EventName, PersonPayload, Position } from '../../shared/events.ts';
import { limits } from '../../shared/limits.ts';
import { taskColumns, taskJoins, type CategoryRecord, type TaskRecord } from '../task/record.ts';

/** An event with its subject as of the reading (null where it is not in the list). */
export interface EventRecord {
  version: number;
  name: EventName;
  subject: 'task' | 'category' | 'user' | 'list';
  subjectId: number;
  revision: number | null;
  actor: PersonPayload | null;
  task: TaskRecord | null;
  category: CategoryRecord | null;
  /** Who joined or left; null where the account was deleted. */
  person: PersonPayload | null;
  /** The name that a list got by this change. */
  listName: string | null;
}

/** The events of one list after a version, in order, with the position of the list in the same snapshot. */
export interface ListLog extends Position {
  listId: number;
  events: EventRecord[];
}

/** The position of a client in a list; without an epoch only the versions are compared. */
export interface ClientPosition {
  version: number;
  epoch?: string | undefined;
}

/** At most `limit` events of a list after `version`; for the reader, which serves everybody in the list's room. */
export async function eventsAfter(listId: number, version: number, limit: number): Promise<ListLog | null> {
  const rows = await preparedSql<LogRow>(eventsSql('SELECT $1::integer AS list_id, $2::bigint AS since', '$3'), [
    listId,
    version,
    limit,
  ]);
  return logsOf(rows)[0] ?? null;
}

/**
 * The events that a tab at these positions has missed, in the lists that its user may see, in one snapshot. A list that
 * is further ahead than one catch-up reaches has none: after a merge every tab asks, and reloads.
 * @throws RateLimitError where the user has too many waiting
 */
export function eventsSince(userId: number, positions: Record<string, ClientPosition>): Promise<ListLog[]> {
  const held = Object.entries(positions);
  const asked = `
    SELECT * FROM unnest($1::integer[], $2::bigint[]) AS a (list_id, since) WHERE list_id IN ${visibleListIds('$3')}`;
  return catchUps.run(userId, async () =>
    logsOf(
      await preparedSql<LogRow>(eventsSql(asked, '$4', 'l.version - asked.since <= $4'), [
        held.map(([listId]) => Number(listId)),
        held.map(([, { version }]) => version),
        userId,
        limits.catchUp + 1,
      ]),
    ),
  );
}

/** A catch-up may read some MB: fifty tabs at once would hold every connection, and pages would wait. */
const catchUps = new FairQueue(
  () => connectionShares().tabs,
  200,
  () => new RateLimitError(5),
);

interface LogRow extends TaskRecord {
  logListId: number;
  epoch: string;
  listVersion: number;
  version: number | null;
  eventName: EventName;
  subject: EventRecord['subject'];
  subjectId: number;
  eventRevision: number | null;
  actorId: number | null;
  actorName: string | null;
  personName: string | null;
  listName: string | null;
  category: CategoryRecord | null;
}

/**
 * The task is joined only while it is in the event's own list and not in the trash: by id alone, a moved task leaked to
 * its old team.
 * @param condition a condition on the list, without which its events are not read
 */
const eventsSql = (asked: string, limit: string, condition = 'true'): string => `
  SELECT l.id AS "logListId", list_epoch(l.epoch) AS epoch, l.version AS "listVersion",
    e.version, e.name AS "eventName", e.subject, e.subject_id AS "subjectId", e.revision AS "eventRevision",
    e.actor_id AS "actorId", actor.name AS "actorName", person.name AS "personName",
    CASE WHEN e.subject = 'list' THEN e.changes #>> '{name,1}' END AS "listName",
    CASE WHEN c.id IS NOT NULL
      THEN json_build_object('id', c.id, 'listId', c.list_id, 'name', c.name, 'color', c.color) END AS category,
    ${taskColumns}
  FROM (${asked}) asked
  JOIN lists l ON l.id = asked.list_id
  LEFT JOIN LATERAL (
    SELECT * FROM events WHERE events.list_id = l.id AND events.version > asked.since AND ${condition}
    ORDER BY events.version LIMIT ${limit}
  ) e ON true
  LEFT JOIN tasks t ON e.subject = 'task' AND t.id = e.subject_id AND t.list_id = l.id AND t.deleted_at IS NULL
  LEFT JOIN categories c ON e.subject = 'category' AND c.id = e.subject_id AND c.list_id = l.id
  LEFT JOIN users person ON e.subject = 'user' AND person.id = e.subject_id
  LEFT JOIN users actor ON actor.id = e.actor_id
  ${taskJoins}
  ORDER BY l.id, e.version`;

function logsOf(rows: LogRow[]): ListLog[] {
  const logs = new Map<number, ListLog>();
  for (const row of rows) {
    const log = logs.get(row.logListId) ?? {
      listId: row.logListId,
      epoch: row.epoch,
      version: row.listVersion,
      events: [],
    };
    logs.set(row.logListId, log);
    if (row.version !== null) log.events.push(recordOf(row, row.version));
  }
  return [...logs.values()];
}

function recordOf(row: LogRow, version: number): EventRecord {
  return {
    version,
    name: row.eventName,
    subject: row.subject,
    subjectId: row.subjectId,
    revision: row.eventRevision,
    // The id stays in the log when the account is deleted.
    actor: row.actorId === null || row.actorName === null ? null : { id: row.actorId, name: row.actorName },
    task: (row.id as number | null) === null ? null : row,
    category: row.category,
    listName: row.listName,
    person: row.subject === 'user' && row.personName !== null ? { id: row.subjectId, name: row.personName } : null,
  };
}
