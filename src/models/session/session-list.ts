import type { Sequelize } from 'sequelize';
import { notFound } from '../../lib/http-error.ts';
import { prepared } from '../../database/sql.ts';
import { note } from '../audit/record.ts';
import type { Session } from './session.ts';
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

export function openSessions(sequelize: Sequelize, viewer: Viewer, sid: string): Promise<OpenSession[]> {
  return prepared(sequelize, 'session-list', LIST, [viewer.id, sid]);
}

export function endOpenSession(sessions: typeof Session, viewer: Viewer, id: number): Promise<string> {
  const sequelize = sessions.sequelize!;
  return unitOfWork(sequelize, viewer.id, async () => {
    const [row] = await prepared<{ sid: string }>(sequelize, 'session-sid', SID, [id, viewer.id]);
    if (!row) throw notFound();
    await sessions.end(row.sid, 'revoked');
    await note(sequelize, 'session_ended', { actorId: viewer.id, userId: viewer.id });
    return row.sid;
  });
}

export function endOtherSessions(sessions: typeof Session, viewer: Viewer, sid: string): Promise<void> {
  const sequelize = sessions.sequelize!;
  return unitOfWork(sequelize, viewer.id, async () => {
    await sessions.endAll(viewer.id, 'revoked', sid);
    await note(sequelize, 'session_ended', { actorId: viewer.id, userId: viewer.id, details: { all: true } });
  });
}

const LIST = `
  SELECT id, sid = $2 AS current, agent, address, created_at AS "createdAt", last_seen_at AS "lastSeenAt" FROM sessions
  WHERE user_id = $1 AND expire > now() ORDER BY sid = $2 DESC, last_seen_at DESC, id DESC`;
const SID = 'SELECT sid FROM sessions WHERE id = $1 AND user_id = $2 AND expire > now()';
