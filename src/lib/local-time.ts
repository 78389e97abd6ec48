/**
 * Between moments and what the clock on the wall of a place shows, `2026-11-27T14:05`, as `datetime-local`
 * fields take and give it. Where the clock skips a time, that time is as much later as the clock was put
 * forward; where it comes twice, the first counts: so does ECMAScript's Temporal ("compatible").
 */

/** Whether the text is a date and a time of day that exist, `YYYY-MM-DDTHH:mm` with or without seconds, from the year 1 to 9999. */
export function isLocalTime(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/.test(text)) return false;
  const time = Date.parse(`${text}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 16));
}

/** What the clock shows at a moment, to the minute. @param timeZone IANA name */
export const toLocalTime = (moment: Date, timeZone: string): string =>
  new Date(moment.getTime() + offsetAt(moment.getTime(), timeZone)).toISOString().slice(0, 16);

/** The moment at which the clock shows this. @param text as `isLocalTime` has it @param timeZone IANA name */
export function fromLocalTime(text: string, timeZone: string): Date {
  const asUtc = Date.parse(`${text}Z`);
  // A clock stands at most 14 hours from UTC: the two look from before and from after whatever change is near.
  const before = offsetAt(asUtc - DAY_MS, timeZone);
  const after = offsetAt(asUtc + DAY_MS, timeZone);
  const shown = [asUtc - before, asUtc - after].filter((moment) => moment + offsetAt(moment, timeZone) === asUtc);
  return new Date(shown.length > 0 ? Math.min(...shown) : asUtc - before);
}

const DAY_MS = 86_400_000;

/** Milliseconds that the clock of a place is ahead of UTC. */
function offsetAt(moment: number, timeZone: string): number {
  const parts = clockOf(timeZone).formatToParts(moment);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const shown = new Date(0);
  shown.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  shown.setUTCHours(part('hour'), part('minute'), part('second'), 0);
  return shown.getTime() - Math.floor(moment / 1000) * 1000;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Made once for a zone: making one costs a hundred times what using it does. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      calendar: 'iso8601',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    clocks.set(timeZone, clock);
  }
  return clock;
}
