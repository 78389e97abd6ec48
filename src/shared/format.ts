/** Dates and names as people read them: pure, so that server and page say the same. */
import type { LocalizedText } from './events.ts';
import type { Locale } from './limits.ts';
import type { Translate } from './translations.ts';

/** Whose words and whose clock. `timeZone` is an IANA name. */
export interface Reader {
  t: Translate;
  locale: Locale;
  timeZone: string;
  now: Date;
}

export interface Due {
  text: string;
  late: boolean;
}

const DAY_MS = 86_400_000;

/** The date, `YYYY-MM-DD`, in a time zone. */
export const dayIn = (timeZone: string, time: Date): string =>
  formatter('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(time);

/** When something is due, `2 days late` or `Fri 27 Nov`. @param day `YYYY-MM-DD` */
export function formatDue(day: string, { t, locale, timeZone, now }: Reader): Due {
  const today = dayIn(timeZone, now);
  const distance = Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS);
  if (distance < 0) return { text: t('row.late', { count: -distance }), late: true };
  if (distance === 0) return { text: t('row.today'), late: false };
  if (distance === 1) return { text: t('row.tomorrow'), late: false };
  return { text: formatDay(day, { t, locale, now }), late: false };
}

/**
 * A day in the reader's words; the year only where it is another one. Each part by Intl, their order by the
 * words: whole patterns differ between the data of a server and of a browser.
 */
export function formatDay(day: string, { t, locale, now }: Pick<Reader, 't' | 'locale' | 'now'>): string {
  const date = new Date(`${day}T00:00:00Z`);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    formatter(LANGUAGE[locale], { timeZone: 'UTC', ...options }).format(date);
  const sameYear = date.getUTCFullYear() === now.getUTCFullYear();
  return t(sameYear ? 'row.day' : 'row.dayOfYear', {
    weekday: part({ weekday: 'short' }),
    day: String(date.getUTCDate()),
    month: part({ month: locale === 'ar' ? 'long' : 'short' }),
    year: String(date.getUTCFullYear()),
  });
}

/** A moment, `27 Nov 2026, 14:05`. @param time ISO 8601 */
export const formatTime = (time: string, { locale, timeZone }: Pick<Reader, 'locale' | 'timeZone'>): string =>
  formatter(LANGUAGE[locale], { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));

/** A moment that matters to the minute, `Fri 27 Nov, 14:05`; today the clock alone. @param time ISO 8601 */
export function formatMoment(time: string, reader: Reader): string {
  const { t, timeZone, now } = reader;
  const date = new Date(time);
  const day = dayIn(timeZone, date);
  const clock = formatter('en-GB', { timeZone, timeStyle: 'short' }).format(date);
  return day === dayIn(timeZone, now) ? clock : t('row.moment', { day: formatDay(day, reader), clock });
}

/** A number of things, `1,204`. */
export const formatNumber = (number: number, locale: Locale): string =>
  new Intl.NumberFormat(LANGUAGE[locale]).format(number);

/**
 * In the reader's language, else as it was written. `es-MX` is looked for as `es-MX`, then as `es` (RFC 4647 §3.4);
 * where there is neither, any kind of Spanish is nearer than another language.
 */
export function textIn(locale: string, text: LocalizedText): string {
  const [language = ''] = locale.split('-');
  const kin = Object.keys(text).filter((tag) => tag.startsWith(`${language}-`));
  const tag = [...cutShort(locale), ...kin].find((one) => Object.hasOwn(text, one) && text[one]);
  return (tag !== undefined && text[tag]) || text.original;
}

/** `zh-Hans-CN`, `zh-Hans`, `zh`. */
function cutShort(locale: string): string[] {
  const parts = locale.split('-');
  return parts.map((_, n) => parts.slice(0, parts.length - n).join('-'));
}

/** The digits that these four languages share, also in Arabic: dates of people who work together look alike. */
const LANGUAGE: Record<Locale, string> = { en: 'en-GB', es: 'es', zh: 'zh-CN', ar: 'ar-u-nu-latn' };

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Made once: making one costs a hundred times what using it does. */
function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  let made = formatters.get(key);
  if (!made) formatters.set(key, (made = new Intl.DateTimeFormat(language, options)));
  return made;
}
