import { Op, fn } from 'sequelize';
import { preparedSql, sql } from '../../database/sql.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';
import type { SessionEnd } from '../../shared/events.ts';
import { Session } from './session.ts';

/** A session with its viewer, as every request needs it. */
export interface LoadedSession {
  viewer: Viewer;
  /** What the session stores besides its user. */
  kept: Record<string, unknown>;
  /** `last_seen_at` was written an hour ago or earlier. */
  stale: boolean;
}

/** A session as the settings show it. */
export interface OpenSession {
  /** Identifies the session on pages; not a credential. */
  id: number;
  /** The session of this request. */
  current: boolean;
  agent: string | null;
  address: string | null;
  createdAt: Date;
  /** Written at most once an hour. */
  lastSeenAt: Date;
}

export interface EndedSession {
  sid: string;
  /** `replaced`: it goes on under another id. */
  reason: SessionEnd | 'replaced';
}

/**
 * Session, user and personal list in one prepared statement: every request makes it.
 * @returns null for an unknown or expired session, or a disabled user
 */
export async function loadSession(sid: string): Promise<LoadedSession | null> {
  const [row] = await preparedSql<SessionRow>(LOAD, [sid]);
  if (!row) return null;
  const { sess, stale, ...viewer } = row;
  return { viewer: Object.freeze(viewer), kept: sess, stale };
}

/** The viewer's sessions: that of `sid` first, then the most recently used. */
export async function listSessions(viewer: Viewer, sid: string): Promise<OpenSession[]> {
  const rows = await Session.findAll({
    where: { userId: viewer.id, expire: { [Op.gt]: fn('now') } },
    order: [
      ['lastSeenAt', 'DESC'],
      ['id', 'DESC'],
    ],
  });
  const sessions = rows.map(({ id, sid: own, agent, address, createdAt, lastSeenAt }) => ({
    id,
    current: own === sid,
    agent,
    address,
    createdAt,
    lastSeenAt,
  }));
  return [...sessions.filter(({ current }) => current), ...sessions.filter(({ current }) => !current)];
}

/** The lists that the user of each session may see now; ended sessions are left out, since everybody has a list. */
export async function visibleListsBySession(sids: string[]): Promise<Map<string, number[]>> {
  const rows = await sql<{ sid: string; ids: number[] }>(LISTS, [sids]);
  return new Map(rows.map(({ sid, ids }) => [sid, ids]));
}

/**
 * Which of these sessions have ended, and why, as far as the tables still know.
 * @param userIds their users, in the same order, since a deleted row does not say; may be shorter
 */
export function endedSessions(sids: string[], userIds: number[] = []): Promise<EndedSession[]> {
  return sql(ENDED, [sids, userIds]);
}

type SessionRow = Viewer & { sess: Record<string, unknown>; stale: boolean };

const LOAD = `
  SELECT s.sess, s.last_seen_at <= now() - interval '1 hour' AS stale,
    u.id, u.name, u.email, u.admin, u.locale, u.time_zone AS "timeZone", l.id AS "listId"
  FROM sessions s JOIN users u ON u.id = s.user_id JOIN lists l ON l.user_id = u.id
  WHERE s.sid = $1 AND s.expire > now() AND NOT u.disabled`;

const LISTS = `
  SELECT s.sid, array(${visibleListIds('u.id')}) AS ids FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.sid = ANY($1::text[]) AND s.expire > now() AND NOT u.disabled`;

/** A disabled user has no rows any more: `users.disabled` still tells the reason. */
const ENDED = `
  SELECT asked.sid, CASE
    WHEN u.disabled THEN 'disabled'
    WHEN coalesce(s.expire, replacing.expire) <= now() THEN 'expired'
    WHEN replacing.sid IS NOT NULL THEN 'replaced'
    ELSE 'signed_out' END AS reason
  FROM unnest($1::text[], $2::integer[]) AS asked (sid, user_id)
  LEFT JOIN sessions s ON s.sid = asked.sid
  LEFT JOIN sessions replacing ON replacing.previous_sid = asked.sid
  LEFT JOIN users u ON u.id = coalesce(s.user_id, replacing.user_id, asked.user_id)
  WHERE s.sid IS NULL OR u.disabled OR s.expire <= now()`;
