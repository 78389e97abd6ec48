/**
 * When a task is on the list. Outside its window it is under "Scheduled". A window that says no beginning
 * begins when the task is written, one that says no end has none. `available` is what the window says now:
 * a trigger keeps it so at every write, `refreshAvailability` when nothing is written.
 */
import { announce } from '../../events/index.ts';
import { ValidationError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import { afterCommit } from '../../database/transaction.ts';

/** Undefined leaves it as it is, null takes it away. */
export interface TaskWindow {
  availableFrom?: Date | null | undefined;
  availableUntil?: Date | null | undefined;
}

/**
 * @param writtenAt when the task was or is written: where a window without a beginning begins
 * @throws ValidationError for a time that the database cannot hold, and for an end that is not after the beginning
 */
export function checkWindow({ availableFrom, availableUntil }: TaskWindow, writtenAt: Date): void {
  const wrong = Object.entries({ availableFrom, availableUntil }).filter(([, time]) => time && !isKept(time));
  if (wrong.length > 0) throw new ValidationError(...wrong.map(([path]) => ({ path, message: 'errors.timeInvalid' })));
  if (availableUntil && availableUntil <= (availableFrom ?? writtenAt))
    throw new ValidationError({ path: 'availableUntil', message: 'errors.windowBackwards' });
}

/** Whether a change of the window is asked for. */
export const touchesWindow = ({ availableFrom, availableUntil }: TaskWindow): boolean =>
  availableFrom !== undefined || availableUntil !== undefined;

/**
 * Lets the time come of open tasks whose window has opened or closed with nobody writing: a change like any
 * other, in nobody's name. What is done or in the trash is reckoned when it comes back. Two processes at once
 * change each task once, and one that somebody is just writing is left to the next time.
 * @returns how many have changed; until it is 0 there may be more
 */
export async function refreshAvailability(): Promise<number> {
  const changed = await sql<{ listId: number }>(REFRESH_AVAILABILITY, [BATCH]);
  for (const listId of new Set(changed.map((task) => task.listId)))
    afterCommit(() => {
      announce('changed', 'task_updated', { id: null, listId });
    });
  return changed.length;
}

/** @returns milliseconds until a task's window opens or closes, at most a minute ahead; null if none does */
export async function nextAvailabilityChange(): Promise<number | null> {
  const [next] = await sql<{ ms: number | null }>(NEXT_CHANGE);
  return next?.ms ?? null;
}

/** Tasks of one statement, during which their lists are locked. */
const BATCH = 500;

const OPEN = 'deleted_at IS NULL AND completed_at IS NULL';

/**
 * Found along the two partial indexes, then locked in order of id and looked at again: tasks before lists, always.
 * What ends is asked for in order, or the planner, who takes many ends that are past for many that are due,
 * reads the whole table: 180 ms in a million tasks.
 */
const REFRESH_AVAILABILITY = `
  WITH due AS MATERIALIZED (
    (SELECT id FROM tasks WHERE ${OPEN} AND NOT available AND tstzrange(available_from, available_until) @> now() LIMIT $1)
    UNION ALL
    (SELECT id FROM tasks WHERE ${OPEN} AND available AND available_until <= now() ORDER BY available_until LIMIT $1)
    LIMIT $1
  ), locked AS MATERIALIZED (
    SELECT id FROM tasks
    WHERE id IN (SELECT id FROM due) AND ${OPEN} AND available <> is_available(available_from, available_until)
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE tasks SET available = NOT available FROM locked WHERE tasks.id = locked.id RETURNING tasks.list_id AS "listId"`;

/** Read along the same two indexes. The range is bounded by a minute, or every task that opens later would be read. */
const NEXT_CHANGE = `
  SELECT (extract(epoch FROM least(
    (SELECT min(available_from) FROM tasks WHERE ${OPEN} AND NOT available
      AND tstzrange(available_from, available_until) && tstzrange(now(), now() + interval '1 minute', '[]')),
    (SELECT available_until FROM tasks WHERE ${OPEN} AND available AND available_until IS NOT NULL
      ORDER BY available_until LIMIT 1)
  ) - clock_timestamp()) * 1000)::float8 AS ms`;

/** PostgreSQL knows later years, but not as ISO 8601 writes them. */
const isKept = (time: Date): boolean => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999;
