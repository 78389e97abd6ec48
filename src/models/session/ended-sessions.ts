import { sql } from '../../database/sql.ts';
import type { SessionEnd } from '../../shared/events.ts';

export interface EndedSession {
  sid: string;
  /** `replaced`: it goes on under another id. */
  reason: SessionEnd | 'replaced';
}

/** Which of these sessions have ended, and why. @param userIds whose they were, in the same order; may be shorter */
export function endedSessions(sids: string[], userIds: number[]): Promise<EndedSession[]> {
  return sql(ENDED, [sids, userIds]);
}

/** Of whoever is disabled the rows are gone: the person is what still says why. */
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
