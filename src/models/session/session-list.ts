import { NotFoundError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import { note } from '../audit/record.ts';
import { Session } from './session.ts';
import { unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';

/** A session as its person's list shows it. */
export interface OpenSession {
  /** Names it, and opens nothing. */
  id: number;
  /** The one that asks. */
  current: boolean;
  agent: string | null;
  address: string | null;
  createdAt: Date;
  /** Written at most once an hour. */
  lastSeenAt: Date;
}

export function openSessions(viewer: Viewer, sid: string): Promise<OpenSession[]> {
  return sql(LIST, [viewer.id, sid]);
}

export function endOpenSession(viewer: Viewer, id: number): Promise<string> {
  return unitOfWork(viewer.id, async () => {
    const [row] = await sql<{ sid: string }>(SID, [id, viewer.id]);
    if (!row) throw new NotFoundError();
    await Session.end(row.sid, 'revoked');
    await note('session_ended', { actorId: viewer.id, userId: viewer.id });
    return row.sid;
  });
}

export function endOtherSessions(viewer: Viewer, sid: string): Promise<void> {
  return unitOfWork(viewer.id, async () => {
    await Session.endAll(viewer.id, 'revoked', sid);
    await note('session_ended', { actorId: viewer.id, userId: viewer.id, details: { all: true } });
  });
}

const LIST = `
  SELECT id, sid = $2 AS current, agent, address, created_at AS "createdAt", last_seen_at AS "lastSeenAt" FROM sessions
  WHERE user_id = $1 AND expire > now() ORDER BY sid = $2 DESC, last_seen_at DESC, id DESC`;
const SID = 'SELECT sid FROM sessions WHERE id = $1 AND user_id = $2 AND expire > now()';
