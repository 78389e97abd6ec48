import { DataTypes, Model, type CreationOptional, type Sequelize } from 'sequelize';
import { tooManyRequests } from '../../lib/http-error.ts';
import { prepared } from '../../database/sql.ts';
import { Turns } from '../../lib/fair-queue.ts';
import { limits } from '../../shared/limits.ts';
import type { EventName, PersonPayload, Position } from '../../shared/events.ts';
import { pruneEvents } from './retention.ts';
import { taskColumns, taskJoins, type CategoryRecord, type TaskRecord } from '../task/record.ts';
import { activityOf, type ActivityCursor, type ActivityFilters } from './activity.ts';
import { feedsOf, type Viewer } from '../../database/visible-lists.ts';

/** One committed change, with its subject as it is at the time of reading (null where it is not in the feed). */
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

/** The events of one feed after a version, in order, and how far the feed was in the same snapshot. */
export interface FeedLog extends Position {
  feedId: number;
  events: EventRecord[];
}

/** Where somebody stands in a feed; without an epoch only the versions are compared. */
export interface Held {
  version: number;
  epoch?: string | undefined;
}

/** The log of a feed: written by the database's triggers alone, read by the reader, the catch-up and the activity feed. */
export class Event extends Model {
  declare feedId: number;
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
        feedId: { type: DataTypes.INTEGER, primaryKey: true },
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

  /** What happened in the viewer's feeds, newest first. */
  static activity(viewer: Viewer, filters: ActivityFilters, after: ActivityCursor | null, size: number) {
    return activityOf(Event.sequelize!, viewer, filters, after, size);
  }

  /** At most `limit` events of a feed after `version`; for the reader, which serves everybody in the feed's room. */
  static async after(feedId: number, version: number, limit: number): Promise<FeedLog | null> {
    const rows = await prepared<LogRow>(
      Event.sequelize!,
      'events-after',
      eventsAfter('SELECT $1::integer AS feed_id, $2::bigint AS since', '$3'),
      [feedId, version, limit],
    );
    return logsOf(rows)[0] ?? null;
  }

  /**
   * The events that a tab at these positions has missed, of the feeds that its user may see, in one snapshot. Of a
   * feed that has gone on by more than a catch-up brings there are none: after a merge every tab asks, and loads afresh.
   * @throws HttpError 429 where the user has asked for too much at once
   */
  static since(userId: number, positions: Record<string, Held>): Promise<FeedLog[]> {
    const held = Object.entries(positions);
    const asked = `SELECT * FROM unnest($1::integer[], $2::bigint[]) AS a (feed_id, since) WHERE feed_id IN ${feedsOf('$3')}`;
    return catchUps.run(userId, async () =>
      logsOf(
        await prepared<LogRow>(
          Event.sequelize!,
          'events-since',
          eventsAfter(asked, '$4', 'f.version - asked.since <= $4'),
          [held.map(([feedId]) => Number(feedId)), held.map(([, { version }]) => version), userId, limits.catchUp + 1],
        ),
      ),
    );
  }

  /** Removes at most `limit` events of one feed that are no longer kept. @returns how many; 0 where there are none now */
  static prune(limit: number): Promise<number> {
    return pruneEvents(Event.sequelize!, limit);
  }
}

/** A catch-up may read some MB: fifty tabs that ask at once would hold every connection, and pages would wait. */
const catchUps = new Turns(2, 200, () => tooManyRequests(5));

interface LogRow extends TaskRecord {
  logFeedId: number;
  epoch: string;
  feedVersion: number;
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
 * A task is carried only while it is in the event's own feed and not in the trash: by id alone, a moved task leaked to its old team.
 * @param worth whether it is worth reading events at all
 */
const eventsAfter = (asked: string, limit: string, worth = 'true'): string => `
  SELECT f.id AS "logFeedId", feed_epoch(f.epoch) AS epoch, f.version AS "feedVersion",
    e.version, e.name AS "eventName", e.subject, e.subject_id AS "subjectId", e.revision AS "eventRevision",
    e.actor_id AS "actorId", actor.name AS "actorName", person.name AS "personName",
    CASE WHEN c.id IS NOT NULL THEN json_build_object('id', c.id, 'feedId', c.feed_id, 'name', c.name, 'color', c.color) END AS category,
    ${taskColumns}
  FROM (${asked}) asked
  JOIN feeds f ON f.id = asked.feed_id
  LEFT JOIN LATERAL (
    SELECT * FROM events WHERE events.feed_id = f.id AND events.version > asked.since AND ${worth} ORDER BY events.version LIMIT ${limit}
  ) e ON true
  LEFT JOIN tasks t ON e.subject = 'task' AND t.id = e.subject_id AND t.feed_id = f.id AND t.deleted_at IS NULL
  LEFT JOIN categories c ON e.subject = 'category' AND c.id = e.subject_id AND c.feed_id = f.id
  LEFT JOIN users person ON e.subject = 'user' AND person.id = e.subject_id
  LEFT JOIN users actor ON actor.id = e.actor_id
  ${taskJoins}
  ORDER BY f.id, e.version`;

function logsOf(rows: LogRow[]): FeedLog[] {
  const logs = new Map<number, FeedLog>();
  for (const row of rows) {
    const log = logs.get(row.logFeedId) ?? {
      feedId: row.logFeedId,
      epoch: row.epoch,
      version: row.feedVersion,
      events: [],
    };
    logs.set(row.logFeedId, log);
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
