/**
 * The window in which a task is on the list; outside it the task is under "Scheduled". Without a beginning the window
 * begins when the task is created, without an end it never closes. The column `available` says whether it is open now:
 * a trigger sets it at every write, `refreshAvailability` when time passes.
 */
import { sql } from '../../database/sql.ts';
import { ValidationError } from '../../lib/errors.ts';

/** Undefined leaves it as it is, null clears it. */
export interface TaskWindow {
  availableFrom?: Date | null | undefined;
  availableUntil?: Date | null | undefined;
}

/**
 * @param createdAt when the task was or is created: where a window without a beginning begins
 * @throws ValidationError for a time that the database cannot hold, and for an end that is not after the beginning
 */
export function checkWindow({ availableFrom, availableUntil }: TaskWindow, createdAt: Date): void {
  const invalid = Object.entries({ availableFrom, availableUntil }).filter(([, time]) => time && !isStorable(time));
  if (invalid.length > 0) throw new ValidationError(invalid.map(([path]) => ({ path, message: 'errors.timeInvalid' })));
  if (availableUntil && availableUntil <= (availableFrom ?? createdAt))
    throw new ValidationError({ path: 'availableUntil', message: 'errors.windowBackwards' });
}

/** PostgreSQL stores later years too, but not as ISO 8601 writes them. */
const isStorable = (time: Date): boolean => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999;

/** @returns milliseconds until a task's window opens or closes, at most a minute ahead; null if none does */
export async function nextAvailabilityChange(): Promise<number | null> {
  const [next] = await sql<{ ms: number | null }>(NEXT_CHANGE);
  return next?.ms ?? null;
}

/** The condition of the two partial indexes. */
export const OPEN = 'deleted_at IS NULL AND completed_at IS NULL';

/** Reads both indexes. The range is bounded by a minute, or every task that opens later would be read. */
const NEXT_CHANGE = `
  SELECT (extract(epoch FROM least(
    (SELECT min(available_from) FROM tasks WHERE ${OPEN} AND NOT available
      AND tstzrange(available_from, available_until) && tstzrange(now(), now() + interval '1 minute', '[]')),
    (SELECT available_until FROM tasks WHERE ${OPEN} AND available AND available_until IS NOT NULL
      ORDER BY available_until LIMIT 1)
  ) - clock_timestamp()) * 1000)::float8 AS ms`;
