import { fromLocalTime, toLocalTime } from '../../lib/local-time.ts';
import type { TaskWindow } from '../../models/task/availability.ts';
import type { Viewer } from '../../database/visible-lists.ts';

type Both<Time> = Record<'availableFrom' | 'availableUntil', Time>;

/** The window as the form's fields give it, by the clock on the wall of whoever fills it in. */
interface TypedWindow {
  availableFrom?: string | null | undefined;
  availableUntil?: string | null | undefined;
}

/**
 * What was typed, as moments.
 * @param stored what the fields were filled with: one that shows it still is left as it is, because a field knows
 *   neither its seconds nor which of the two it is where the clock shows a time twice
 */
export function windowTyped(
  { timeZone }: Viewer,
  typed: TypedWindow,
  stored: TaskWindow = {},
): Both<Date | null | undefined> {
  const read = (text: string | null | undefined, before: Date | null | undefined): Date | null | undefined => {
    if (text == null) return text;
    return before && toLocalTime(before, timeZone) === text ? undefined : fromLocalTime(text, timeZone);
  };
  return {
    availableFrom: read(typed.availableFrom, stored.availableFrom),
    availableUntil: read(typed.availableUntil, stored.availableUntil),
  };
}

/** A window as the form's fields take it. @param window ISO 8601 in UTC */
export const windowFields = ({ timeZone }: Viewer, window: Both<string | null>): Both<string> => {
  const shown = (time: string | null): string => (time ? toLocalTime(new Date(time), timeZone) : '');
  return { availableFrom: shown(window.availableFrom), availableUntil: shown(window.availableUntil) };
};
