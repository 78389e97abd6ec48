import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { announce } from '../../events/index.ts';
import { ForbiddenError } from '../../lib/errors.ts';
import { preparedSql, sql } from '../../database/sql.ts';
import type { SessionEnd } from '../../shared/events.ts';
import { note } from '../audit/record.ts';
import { endOpenSession, endOtherSessions, openSessions, type OpenSession } from './session-list.ts';
import { endedSessions, type EndedSession } from './ended-sessions.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

/** A session with its viewer, as every request needs it. */
export interface LoadedSession {
  viewer: Viewer;
  /** What the session keeps besides who it is. */
  kept: Record<string, unknown>;
  /** It is an hour or more since `last_seen_at` was written. */
  stale: boolean;
}

export interface NewSession {
  sid: string;
  userId: number;
  kept: object;
  address: string | null;
  agent: string | null;
  /** Of the password that was given: it must still be the user's. */
  passwordDigest?: string | undefined;
}

/** A browser that is signed in. `expire` is the nearer of its two ends: 14 days unused, 90 days in all. */
export class Session extends Model<InferAttributes<Session>, InferCreationAttributes<Session>> {
  declare sid: string;
  /** The id before this one, which opens nothing any more. */
  declare previousSid: CreationOptional<string | null>;
  declare userId: number;
  declare sess: Record<string, unknown>;
  declare expire: Date;
  declare lastSeenAt: CreationOptional<Date>;
  declare address: CreationOptional<string | null>;
  declare agent: CreationOptional<string | null>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    Session.init(
      {
        sid: { type: DataTypes.TEXT, primaryKey: true },
        previousSid: DataTypes.TEXT,
        userId: DataTypes.INTEGER,
        sess: { type: DataTypes.JSONB, allowNull: false },
        expire: { type: DataTypes.DATE, allowNull: false },
        lastSeenAt: DataTypes.DATE,
        address: DataTypes.TEXT,
        agent: DataTypes.TEXT,
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'sessions' },
    );
  }

  /** Session, user and personal list in one statement. @returns null where it has ended or the user is disabled */
  static async load(sid: string): Promise<LoadedSession | null> {
    const [row] = await preparedSql<SessionRow>(LOAD, [sid]);
    if (!row) return null;
    const { sess, stale, ...viewer } = row;
    return { viewer: Object.freeze(viewer), kept: sess, stale };
  }

  /** Makes the row of somebody who has just signed in. @throws ForbiddenError for a user who was disabled or got another password meanwhile */
  static async begin({ sid, userId, kept, address, agent, passwordDigest }: NewSession): Promise<void> {
    await unitOfWork(userId, async () => {
      const made = await sql(BEGIN, [sid, userId, JSON.stringify(kept), address, agent, passwordDigest ?? null]);
      if (made.length === 0) throw new ForbiddenError('errors.signInFailed');
      await note('signed_in', { actorId: userId, userId });
    });
  }

  /** Removes sessions that have expired, at most 1,000. @returns how many */
  static async prune(): Promise<number> {
    return (await sql(PRUNE, [])).length;
  }

  /** Writes what a session keeps. One that has ended meanwhile stays ended. */
  static async keep(sid: string, kept: object): Promise<void> {
    await sql(`UPDATE sessions SET sess = $2, ${SEEN} WHERE sid = $1 AND expire > now()`, [sid, JSON.stringify(kept)]);
  }

  /** Notes that its person is here. */
  static async touch(sid: string): Promise<void> {
    await sql(`UPDATE sessions SET ${SEEN} WHERE sid = $1 AND expire > now()`, [sid]);
  }

  /** Ends one session and, by the announcement, the connections of its tabs. */
  static async end(sid: string, reason: SessionEnd): Promise<void> {
    if ((await Session.remove(sid)) !== null)
      afterCommit(() => {
        announce('session_ended', { sid, reason });
      });
  }

  /** Ends the session of whoever asks for it. */
  static async signOut(sid: string): Promise<void> {
    await unitOfWork(null, async () => {
      const userId = await Session.remove(sid);
      if (userId === null) return;
      await note('signed_out', { actorId: userId, userId });
      afterCommit(() => {
        announce('session_ended', { sid, reason: 'signed_out' });
      });
    });
  }

  /** Gives a session another id: its tabs connect again by themselves. @returns false where it has ended meanwhile */
  static async renew(sid: string, newSid: string): Promise<boolean> {
    const renewed = await sql(
      `UPDATE sessions SET sid = $2, previous_sid = sid, ${SEEN} WHERE sid = $1 AND expire > now() RETURNING sid`,
      [sid, newSid],
    );
    if (renewed.length > 0) announce('session_replaced', { sid });
    return renewed.length > 0;
  }

  /** Ends every session of a user, but for one: at once or, in a unit of work, with its commit. */
  static async endAll(userId: number, reason: SessionEnd, exceptSid?: string): Promise<void> {
    await sql('DELETE FROM sessions WHERE user_id = $1 AND sid IS DISTINCT FROM $2', [userId, exceptSid ?? null]);
    afterCommit(() => {
      announce('access_ended', { userId, reason, exceptSid });
    });
  }

  /** The viewer's, that of `sid` first, then the last seen. */
  static of(viewer: Viewer, sid: string): Promise<OpenSession[]> {
    return openSessions(viewer, sid);
  }

  /** Ends one of the viewer's, by its number. @returns its sid @throws NotFoundError where it is not there or somebody else's */
  static endOne(viewer: Viewer, id: number): Promise<string> {
    return endOpenSession(viewer, id);
  }

  /** Ends the viewer's but for one. */
  static endOthers(viewer: Viewer, sid: string): Promise<void> {
    return endOtherSessions(viewer, sid);
  }

  /** The lists that whoever is signed in with each of these sessions may see now; one that has ended is left out, for everybody has a list. */
  static async listIds(sids: string[]): Promise<Map<string, number[]>> {
    const rows = await sql<{ sid: string; ids: number[] }>(LISTS, [sids]);
    return new Map(rows.map(({ sid, ids }) => [sid, ids]));
  }

  /**
   * Which of these sessions have ended, and why, as far as the tables still tell; `replaced`: it goes on under another id.
   * @param userIds whose they were, in the same order: a row that is gone does not say
   */
  static ended(sids: string[], userIds: number[] = []): Promise<EndedSession[]> {
    return endedSessions(sids, userIds);
  }

  /** @returns whose it was, null where it has ended already */
  private static async remove(sid: string): Promise<number | null> {
    const [row] = await sql<{ userId: number }>('DELETE FROM sessions WHERE sid = $1 RETURNING user_id AS "userId"', [
      sid,
    ]);
    return row?.userId ?? null;
  }
}

type SessionRow = Viewer & { sess: Record<string, unknown>; stale: boolean };

const SEEN =
  "last_seen_at = now(), updated_at = now(), expire = least(now() + interval '14 days', created_at + interval '90 days')";

const LOAD = `
  SELECT s.sess, s.last_seen_at <= now() - interval '1 hour' AS stale,
    u.id, u.name, u.email, u.admin, u.locale, u.time_zone AS "timeZone", f.id AS "listId"
  FROM sessions s JOIN users u ON u.id = s.user_id JOIN lists f ON f.user_id = u.id
  WHERE s.sid = $1 AND s.expire > now() AND NOT u.disabled`;

const LISTS = `
  SELECT s.sid, array(${visibleListIds('u.id')}) AS ids FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.sid = ANY($1::text[]) AND s.expire > now() AND NOT u.disabled`;

/** FOR SHARE: it waits for whoever is disabling the user or changing the password, who ends only sessions that are there. */
const BEGIN = `
  INSERT INTO sessions (sid, user_id, sess, expire, address, agent)
  SELECT $1, id, $3, now() + interval '14 days', $4, $5 FROM users
  WHERE id = $2 AND NOT disabled AND password_digest = coalesce($6, password_digest) FOR SHARE RETURNING sid`;

const PRUNE = `
  DELETE FROM sessions WHERE sid IN (
    SELECT sid FROM sessions WHERE expire <= now() ORDER BY expire LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) RETURNING sid`;
