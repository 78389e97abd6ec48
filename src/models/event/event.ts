import { DataTypes, Model, type CreationOptional, type Sequelize } from 'sequelize';
import { RateLimitError } from '../../lib/errors.ts';
import { preparedSql } from '../../database/sql.ts';
import { FairQueue } from '../../lib/fair-queue.ts';
import { limits } from '../../shared/limits.ts';
import type { EventName, PersonPayload, Position } from '../../shared/events.ts';
import { pruneEvents } from './retention.ts';
import { taskColumns, taskJoins, type CategoryRecord, type TaskRecord } from '../task/record.ts';
import { activityOf, type ActivityCursor, type ActivityFilters } from './activity.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

/** One committed change, with its subject as it is at the time of reading (null where it is not in the list). */
export interface EventRecord {
  version: number;
  name: EventName;
  subject: 'task' | 'category' | 'user';
  subjectId: number;
  revision: number | null;
  actor: PersonPayload | null;
  task: TaskRecord | null;
  category: CategoryRecord | null;
  /** Who joined or left; null where the account is gone. */
  person: PersonPayload | null;
}

/** The events of one list after a version, in order, and how far the list was in the same snapshot. */
export interface ListLog extends Position {
  listId: number;
  events: EventRecord[];
}

/** Where somebody stands in a list; without an epoch only the versions are compared. */
export interface ClientPosition {
  version: number;
  epoch?: string | undefined;
}

/** The log of a list: written by the database's triggers alone, read by the reader, the catch-up and the activity. */
export class Event extends Model {
  declare listId: number;
  declare version: number;
  declare name: EventName;
  declare actorId: number | null;
  declare subject: 'task' | 'category' | 'user';
  declare subjectId: number;
  declare revision: number | null;
  declare changes: Record<string, [unknown, unknown]> | null;
  declare createdAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    Event.init(
      {
        listId: { type: DataTypes.INTEGER, primaryKey: true },
        version: { type: DataTypes.BIGINT, primaryKey: true },
        name: DataTypes.TEXT,
        actorId: DataTypes.INTEGER,
        subject: DataTypes.TEXT,
        subjectId: DataTypes.INTEGER,
        revision: DataTypes.INTEGER,
        changes: DataTypes.JSONB,
        createdAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'events', timestamps: false },
    );
  }

  /** What happened in the viewer's lists, newest first. */
  static activity(viewer: Viewer, filters: ActivityFilters, after: ActivityCursor | null, size: number) {
    return activityOf(viewer, filters, after, size);
  }

  /** At most `limit` events of a list after `version`; for the reader, which serves everybody in the list's room. */
  static async after(listId: number, version: number, limit: number): Promise<ListLog | null> {
    const rows = await preparedSql<LogRow>(eventsAfter('SELECT $1::integer AS list_id, $2::bigint AS since', '$3'), [
      listId,
      version,
      limit,
    ]);
    return logsOf(rows)[0] ?? null;
  }

  /**
   * The events that a tab at these positions has missed, of the lists that its user may see, in one snapshot. Of a
   * list that has gone on by more than a catch-up brings there are none: after a merge every tab asks, and loads afresh.
   * @throws RateLimitError where the user has asked for too much at once
   */
  static since(userId: number, positions: Record<string, ClientPosition>): Promise<ListLog[]> {
    const held = Object.entries(positions);
    const asked = `SELECT * FROM unnest($1::integer[], $2::bigint[]) AS a (list_id, since) WHERE list_id IN ${visibleListIds('$3')}`;
    return catchUps.run(userId, async () =>
      logsOf(
        await preparedSql<LogRow>(eventsAfter(asked, '$4', 'f.version - asked.since <= $4'), [
          held.map(([listId]) => Number(listId)),
          held.map(([, { version }]) => version),
          userId,
          limits.catchUp + 1,
        ]),
      ),
    );
  }

  /** Removes at most `limit` events of one list that are no longer kept. @returns how many; 0 where there are none now */
  static prune(limit: number): Promise<number> {
    return pruneEvents(limit);
  }
}

/** A catch-up may read some MB: fifty tabs that ask at once would hold every connection, and pages would wait. */
const catchUps = new FairQueue(2, 200, () => new RateLimitError(5));

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
  category: CategoryRecord | null;
}

/**
 * A task is carried only while it is in the event's own list and not in the trash: by id alone, a moved task leaked to its old team.
 * @param worth whether it is worth reading events at all
 */
const eventsAfter = (asked: string, limit: string, worth = 'true'): string => `
  SELECT f.id AS "logListId", list_epoch(f.epoch) AS epoch, f.version AS "listVersion",
    e.version, e.name AS "eventName", e.subject, e.subject_id AS "subjectId", e.revision AS "eventRevision",
    e.actor_id AS "actorId", actor.name AS "actorName", person.name AS "personName",
    CASE WHEN c.id IS NOT NULL THEN json_build_object('id', c.id, 'listId', c.list_id, 'name', c.name, 'color', c.color) END AS category,
    ${taskColumns}
  FROM (${asked}) asked
  JOIN lists f ON f.id = asked.list_id
  LEFT JOIN LATERAL (
    SELECT * FROM events WHERE events.list_id = f.id AND events.version > asked.since AND ${worth} ORDER BY events.version LIMIT ${limit}
  ) e ON true
  LEFT JOIN tasks t ON e.subject = 'task' AND t.id = e.subject_id AND t.list_id = f.id AND t.deleted_at IS NULL
  LEFT JOIN categories c ON e.subject = 'category' AND c.id = e.subject_id AND c.list_id = f.id
  LEFT JOIN users person ON e.subject = 'user' AND person.id = e.subject_id
  LEFT JOIN users actor ON actor.id = e.actor_id
  ${taskJoins}
  ORDER BY f.id, e.version`;

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
    // Whose account is gone is nobody any more.
    actor: row.actorId === null || row.actorName === null ? null : { id: row.actorId, name: row.actorName },
    task: (row.id as number | null) === null ? null : row,
    category: row.category,
    person: row.subject === 'user' && row.personName !== null ? { id: row.subjectId, name: row.personName } : null,
  };
}
