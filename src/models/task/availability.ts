/**
 * The window in which a task is on the list; outside it the task is under "Scheduled". Without a beginning the window
 * begins when the task is created, without an end it never closes. The column `available` says whether it is open now:
 * a trigger sets it at every write, `refreshAvailability` when time passes.
 */
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
  if (invalid.length > 0)
    throw new ValidationError(...invalid.map(([path]) => ({ path, message: 'errors.timeInvalid' })));
  if (availableUntil && availableUntil <= (availableFrom ?? createdAt))
    throw new ValidationError({ path: 'availableUntil', message: 'errors.windowBackwards' });
}

export const isWindowChanged = ({ availableFrom, availableUntil }: TaskWindow): boolean =>
  availableFrom !== undefined || availableUntil !== undefined;

/** PostgreSQL stores later years too, but not as ISO 8601 writes them. */
const isStorable = (time: Date): boolean => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999;
