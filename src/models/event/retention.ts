import { sql } from '../../database/sql.ts';
import { limits } from '../../shared/limits.ts';

/**
 * Deletes at most `limit` events of one list that are no longer kept, the oldest first, and advances `kept_from`. The
 * newest ones of each list are always kept, so that a tab that was away for a night can catch up. It waits for no lock:
 * a list that is being written to, and events that a purge is changing, are left to the next call, so that no writer
 * can meet a deadlock.
 * @returns how many were deleted; 0 where there are none now
 */
export async function pruneEvents(limit: number): Promise<number> {
  return (await sql(PRUNE, [limit])).length;
}

/** Takes the unlocked events up to the first gap from the oldest on, so that those that stay have no gap either. */
const PRUNE = `
  WITH list AS MATERIALIZED (
    SELECT id, kept_from, version - ${String(limits.eventsKept)} AS last FROM lists
    WHERE version - kept_from >= ${String(limits.eventsKept)} AND EXISTS (
      SELECT FROM events
      WHERE list_id = lists.id AND events.version = lists.kept_from
        AND created_at < now() - interval '${String(limits.eventDays)} days'
    )
    ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
  ), old AS MATERIALIZED (
    SELECT events.list_id, events.version, list.kept_from FROM list JOIN events ON events.list_id = list.id
    WHERE events.version BETWEEN list.kept_from AND least(list.last, list.kept_from + $1 - 1)
      AND events.created_at < now() - interval '${String(limits.eventDays)} days'
    ORDER BY events.version FOR UPDATE OF events SKIP LOCKED
  ), run AS (
    SELECT list_id, version FROM (SELECT *, row_number() OVER (ORDER BY version) AS place FROM old) numbered
    WHERE version = kept_from + place - 1
  ), moved AS (
    UPDATE lists SET kept_from = run.upto + 1
    FROM (SELECT list_id, max(version) AS upto FROM run GROUP BY list_id) run WHERE lists.id = run.list_id
  )
  DELETE FROM events USING run WHERE events.list_id = run.list_id AND events.version = run.version
  RETURNING events.version`;
