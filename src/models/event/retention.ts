/**
 * Events are kept for a while, and of each list the newest ones for ever, so that a tab that was away for a night
 * catches up. What is older goes in small batches, from the oldest on, and `kept_from` with it.
 */
import { sql } from '../../database/sql.ts';
import { limits } from '../../shared/limits.ts';

/**
 * Removes at most `limit` events of one list. It waits for nobody: a list that is being written to, and events that
 * a purge is at, are left to the next time, so that no writer can meet a deadlock.
 * @returns how many were removed
 */
export async function pruneEvents(limit: number): Promise<number> {
  return (await sql(PRUNE, [limit])).length;
}

/** Those that are free are taken as far as they run without a gap from the oldest: so what is kept has none either. */
const PRUNE = `
  WITH list AS MATERIALIZED (
    SELECT id, kept_from, version - ${String(limits.eventsKept)} AS last FROM lists
    WHERE version - kept_from >= ${String(limits.eventsKept)} AND EXISTS (
      SELECT FROM events WHERE list_id = lists.id AND events.version = lists.kept_from AND created_at < now() - interval '${String(limits.eventDays)} days'
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
  DELETE FROM events USING run WHERE events.list_id = run.list_id AND events.version = run.version RETURNING events.version`;
