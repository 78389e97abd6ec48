/** Formatting of dates and names. Pure functions, so that server and browser produce the same text. */
import type { LocalizedText } from './events.ts';
import type { Locale } from './limits.ts';
import type { Translate } from './translations.ts';

/** Who reads: language, time zone (IANA) and current time. */
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

/** A due date, `2 days late` or `Fri 27 Nov`. @param day `YYYY-MM-DD` */
export function formatDue(day: string, { t, locale, timeZone, now }: Reader): Due {
  const today = dayIn(timeZone, now);
  const distance = Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS);
  if (distance < 0) return { text: t('row.late', { count: -distance }), late: true };
  if (distance === 0) return { text: t('row.today'), late: false };
  if (distance === 1) return { text: t('row.tomorrow'), late: false };
  return { text: formatDay(day, { t, locale, now }), late: false };
}

/**
 * A day, with the year unless it is the current one. Intl formats the parts and the translation orders them: whole
 * patterns differ between the ICU data of Node and of browsers.
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

/** `27 Nov 2026, 14:05`. @param time ISO 8601 */
export const formatTime = (time: string, { locale, timeZone }: Pick<Reader, 'locale' | 'timeZone'>): string =>
  formatter(LANGUAGE[locale], { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));

/** `Fri 27 Nov, 14:05`, or the time alone if it is today. @param time ISO 8601 */
export function formatMoment(time: string, reader: Reader): string {
  const { t, timeZone, now } = reader;
  const date = new Date(time);
  const day = dayIn(timeZone, date);
  const clock = formatter('en-GB', { timeZone, timeStyle: 'short' }).format(date);
  return day === dayIn(timeZone, now) ? clock : t('row.moment', { day: formatDay(day, reader), clock });
}

/** `1,204`. */
export const formatNumber = (number: number, locale: Locale): string => numberFormats[locale].format(number);

/**
 * The text in the reader's language, else the original. `es-MX` falls back to `es` (RFC 4647 §3.4), then to any
 * other regional variant of Spanish.
 */
export function textIn(locale: string, text: LocalizedText): string {
  const [language = ''] = locale.split('-');
  const variants = Object.keys(text).filter((tag) => tag.startsWith(`${language}-`));
  const tag = [...fallbacks(locale), ...variants].find((one) => Object.hasOwn(text, one) && text[one]);
  return (tag !== undefined && text[tag]) || text.original;
}

/** `zh-Hans-CN`, `zh-Hans`, `zh`. */
function fallbacks(locale: string): string[] {
  const parts = locale.split('-');
  return parts.map((_, n) => parts.slice(0, parts.length - n).join('-'));
}

/** Latin digits in Arabic too, so that dates look alike for people who work together. */
const LANGUAGE: Record<Locale, string> = { en: 'en-GB', es: 'es', zh: 'zh-CN', ar: 'ar-u-nu-latn' };

const numberFormats = Object.fromEntries(
  Object.entries(LANGUAGE).map(([locale, language]) => [locale, new Intl.NumberFormat(language)]),
) as Record<Locale, Intl.NumberFormat>;

/** Each holds some 30 kB; a process meets few time zones at a time. */
const MOST_FORMATTERS = 500;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Cached: creating a formatter costs a hundred times as much as using it. */
function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  let cached = formatters.get(key);
  if (!cached) {
    if (formatters.size >= MOST_FORMATTERS) formatters.clear();
    formatters.set(key, (cached = new Intl.DateTimeFormat(language, options)));
  }
  return cached;
}
