import { sql } from '../../database/sql.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { announce } from '../../events/index.ts';
import { ForbiddenError, NotFoundError } from '../../lib/errors.ts';
import type { SessionEnd } from '../../shared/events.ts';
import { revokeTokens } from '../api-token/commands.ts';
import { limits } from '../../shared/limits.ts';
import { recordAudit } from '../audit/commands.ts';

export interface NewSession {
  sid: string;
  userId: number;
  /** What the session stores besides its user. */
  kept: object;
  address: string | null;
  agent: string | null;
  /** Of the password that was given: it must still be the user's. */
  passwordDigest?: string | undefined;
}

/** @throws ForbiddenError where the user was disabled or the password changed since it was checked */
export async function createSession({ sid, userId, kept, address, agent, passwordDigest }: NewSession): Promise<void> {
  await unitOfWork(userId, async () => {
    const created = await sql(INSERT, [sid, userId, JSON.stringify(kept), address, agent, passwordDigest ?? null]);
    if (created.length === 0) throw new ForbiddenError('errors.signInFailed');
    const unused = await sql<{ sid: string }>(UNUSED, [userId, sid, limits.sessions - 1]);
    for (const one of unused) announceEnd(one.sid, 'revoked');
    await recordAudit('signed_in', { actorId: userId, userId });
  });
}

/** Only updates, so that a session that has ended in the meantime stays ended. */
export async function saveSession(sid: string, kept: object): Promise<void> {
  await sql(`UPDATE sessions SET sess = $2, ${SEEN} WHERE sid = $1 AND expire > now()`, [sid, JSON.stringify(kept)]);
}

/** Records that the session is in use. */
export async function touchSession(sid: string): Promise<void> {
  await sql(`UPDATE sessions SET ${SEEN} WHERE sid = $1 AND expire > now()`, [sid]);
}

/** Changes the session's id; its tabs reconnect by themselves. @returns false where it has ended */
export async function renewSession(sid: string, newSid: string): Promise<boolean> {
  const renewed = await sql(
    `UPDATE sessions SET sid = $2, previous_sid = sid, ${SEEN} WHERE sid = $1 AND expire > now() RETURNING sid`,
    [sid, newSid],
  );
  if (renewed.length > 0) announce('session_replaced', { sid });
  return renewed.length > 0;
}

/** Deletes one session; the event closes the connections of its tabs. */
export async function destroySession(sid: string, reason: SessionEnd): Promise<void> {
  if ((await deleteRow(sid)) !== null) announceEnd(sid, reason);
}

/** Deletes every session of a user but one; inside a unit of work, the event waits for its commit. */
export async function destroyAllSessions(userId: number, reason: SessionEnd, exceptSid?: string): Promise<void> {
  await sql('DELETE FROM sessions WHERE user_id = $1 AND sid IS DISTINCT FROM $2', [userId, exceptSid ?? null]);
  afterCommit(() => {
    announce('access_ended', { userId, reason, exceptSid });
  });
}

export async function signOut(sid: string): Promise<void> {
  await unitOfWork(null, async () => {
    const userId = await deleteRow(sid);
    if (userId === null) return;
    await recordAudit('signed_out', { actorId: userId, userId });
    announceEnd(sid, 'signed_out');
  });
}

/**
 * @param id the number that names it on pages @returns its sid @throws NotFoundError where the viewer has no such
 * session
 */
export function destroySessionById(viewer: Viewer, id: number): Promise<string> {
  return unitOfWork(viewer.id, async () => {
    const [row] = await sql<{ sid: string }>(SID, [id, viewer.id]);
    if (!row) throw new NotFoundError();
    await destroySession(row.sid, 'revoked');
    await recordAudit('session_ended', { actorId: viewer.id, userId: viewer.id });
    return row.sid;
  });
}

/**
 * Ends the viewer's other sessions and API tokens.
 * @param sid the session that goes on, null for none @param keepTokens the ids of the tokens that stay
 */
export function destroyOtherSessions(viewer: Viewer, sid: string | null, keepTokens: number[]): Promise<void> {
  return unitOfWork(viewer.id, async () => {
    await revokeTokens(viewer.id, viewer.id, keepTokens);
    await destroyAllSessions(viewer.id, 'revoked', sid ?? undefined);
    await recordAudit('session_ended', { actorId: viewer.id, userId: viewer.id, details: { all: true } });
  });
}

/** Deletes expired sessions, at most 1,000. @returns how many */
export async function pruneSessions(): Promise<number> {
  return (await sql(PRUNE)).length;
}

/** @returns the user's id, null where the session has ended already */
async function deleteRow(sid: string): Promise<number | null> {
  const [row] = await sql<{ userId: number }>('DELETE FROM sessions WHERE sid = $1 RETURNING user_id AS "userId"', [
    sid,
  ]);
  return row?.userId ?? null;
}

function announceEnd(sid: string, reason: SessionEnd): void {
  afterCommit(() => {
    announce('session_ended', { sid, reason });
  });
}

const SEEN =
  'last_seen_at = now(), updated_at = now(), ' +
  "expire = least(now() + interval '14 days', created_at + interval '90 days')";

/**
 * FOR SHARE: it waits for a transaction that disables the user or changes the password, which deletes only existing
 * sessions.
 */
const INSERT = `
  INSERT INTO sessions (sid, user_id, sess, expire, address, agent)
  SELECT $1, id, $3, now() + interval '14 days', $4, $5 FROM users
  WHERE id = $2 AND NOT disabled AND password_digest = coalesce($6, password_digest) FOR SHARE RETURNING sid`;

/** Where one person has too many, those that were used least recently. */
const UNUSED = `
  DELETE FROM sessions WHERE sid IN (
    SELECT sid FROM sessions WHERE user_id = $1 AND sid <> $2 ORDER BY last_seen_at DESC, id DESC OFFSET $3
  ) RETURNING sid`;

const SID = 'SELECT sid FROM sessions WHERE id = $1 AND user_id = $2 AND expire > now()';

const PRUNE = `
  DELETE FROM sessions WHERE sid IN (
    SELECT sid FROM sessions WHERE expire <= now() ORDER BY expire LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) RETURNING sid`;
