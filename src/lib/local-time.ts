/**
 * Local dates and times: `YYYY-MM-DD`, and `2026-11-27T14:05` as in `datetime-local` fields. A time that daylight
 * saving skips is moved forward by the gap; of a time that occurs twice the first counts, as in Temporal's "compatible"
 * mode.
 */

/** Whether the text is an existing date and time, `YYYY-MM-DDTHH:mm` with optional seconds, in the years 1 to 9999. */
export function isLocalTime(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/.test(text)) return false;
  const time = Date.parse(`${text}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 16));
}

/** To the minute. @param timeZone IANA name */
export const toLocalTime = (moment: Date, timeZone: string): string =>
  new Date(moment.getTime() + offsetAt(moment.getTime(), timeZone)).toISOString().slice(0, 16);

/** @param text for which `isLocalTime` holds @param timeZone IANA name */
export function fromLocalTime(text: string, timeZone: string): Date {
  const asUtc = Date.parse(`${text}Z`);
  // Offsets are at most 14 hours, so these are the ones before and after any change nearby.
  const before = offsetAt(asUtc - DAY_MS, timeZone);
  const after = offsetAt(asUtc + DAY_MS, timeZone);
  const shown = [asUtc - before, asUtc - after].filter((moment) => moment + offsetAt(moment, timeZone) === asUtc);
  return new Date(shown.length > 0 ? shown.reduce((first, each) => Math.min(first, each)) : asUtc - before);
}

const DAY_MS = 86_400_000;

/** Milliseconds ahead of UTC. */
function offsetAt(moment: number, timeZone: string): number {
  const parts = formatFor(timeZone).formatToParts(moment);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const shown = new Date(0);
  shown.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  shown.setUTCHours(part('hour'), part('minute'), part('second'), 0);
  return shown.getTime() - Math.floor(moment / 1000) * 1000;
}

const MOST_FORMATS = 500;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Cached: creating a format costs a hundred times as much as using it. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
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
    if (formats.size >= MOST_FORMATS) formats.clear();
    formats.set(timeZone, format);
  }
  return format;
}

/**
 * Whether Intl knows the IANA time zone, e.g. `Europe/Madrid`. Offsets such as `+01:00` are rejected, and so are
 * abbreviations, which PostgreSQL understands differently or not at all.
 */
export function isTimeZone(name: string): boolean {
  if (!/^([A-Za-z]+\/.+|UTC|GMT)$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** @param date `YYYY-MM-DD` */
export const daysAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
