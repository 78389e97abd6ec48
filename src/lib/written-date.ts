/** Reads dates as programs and people write them, in English, Spanish, Chinese and Arabic. */
import { isLocalTime } from './local-time.ts';

/** The order of day, month and year in a date of numbers. */
export const dateOrders = ['dmy', 'mdy', 'ymd'] as const;
export type DateOrder = (typeof dateOrders)[number];

export interface WrittenDate {
  /** `YYYY-MM-DD` by the order in which it is read. One that is unambiguous has the same in every order. */
  days: Partial<Record<DateOrder, string>>;
  /** `HH:mm:ss`, perhaps with milliseconds; null where the text has none. */
  clock: string | null;
  /** `Z` or `+05:30`; null where the text has none. */
  offset: string | null;
}

/** The order that people use whose browser prefers these languages (BCP 47), first the one that is liked best. */
export function usualOrder(languages: readonly string[]): DateOrder {
  for (const language of languages) {
    try {
      const parts = new Intl.DateTimeFormat(language, { calendar: 'gregory' }).formatToParts(0).map(({ type }) => type);
      const [first] = parts.filter((type) => type === 'year' || type === 'month' || type === 'day');
      return first === 'year' ? 'ymd' : first === 'month' ? 'mdy' : 'dmy';
    } catch {
      // `*`, or what a program made up.
    }
  }
  return 'dmy';
}

/** The different days that the text can mean; several if only its order tells which. */
export const daysOf = ({ days }: WrittenDate): string[] => [...new Set(Object.values(days))];

/** @returns null where the text is no date */
export function readDate(text: string): WrittenDate | null {
  // Most dates of a file are these.
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && isLocalTime(`${text}T00:00`))
    return { days: everyOrder(text), clock: null, offset: null };
  const plain = westernDigits(text)
    .normalize('NFKC')
    .replace(/[\u200e\u200f\u061c]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return fromSerial(plain) ?? fromParts(plain);
}

const westernDigits = (text: string): string =>
  text.replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) % 16));

const DAY_MS = 86_400_000;
/** Day 0 of spreadsheets. */
const SHEET_EPOCH = Date.UTC(1899, 11, 30);

/** The number of a day in spreadsheets, and seconds or milliseconds since 1970. */
function fromSerial(text: string): WrittenDate | null {
  const [, whole = '', fraction = ''] = /^(\d{5}|\d{10}|\d{13})(\.\d+)?$/.exec(text) ?? [];
  if (whole === '') return null;
  const time =
    whole.length === 5
      ? SHEET_EPOCH + Math.round(Number(`${whole}${fraction}`) * DAY_MS)
      : Number(whole) * (whole.length === 10 ? 1000 : 1);
  const [day = '', clock = ''] = new Date(time).toISOString().slice(0, 23).split('T');
  if (whole.length === 5) return { days: everyOrder(day), clock: fraction === '' ? null : clock, offset: null };
  return { days: everyOrder(day), clock, offset: 'Z' };
}

const everyOrder = (day: string): WrittenDate['days'] => ({ dmy: day, mdy: day, ymd: day });

function fromParts(text: string): WrittenDate | null {
  const { rest, clock, offset } = withoutTime(text);
  if (clock === undefined) return null;
  const days = numericDays(rest) ?? namedDays(rest);
  return days && Object.keys(days).length > 0 ? { days, clock, offset } : null;
}

/** `24:00`, `3:04 PM`, `3:04:05 p. m.`, `下午3:04`, `3:04 م`, `3 PM`; `GMT+1`, `+0100`, `Z`, `UTC`. */
const TIME = new RegExp(
  String.raw`(?:^|[T ,]|(?<=日))(?:at |a las? |الساعة )?(?<before>上午|下午)? ?(?<hour>\d{1,2})(?::(?<minute>\d{2})` +
    String.raw`(?::(?<second>\d{2}(?:[.,]\d{1,9})?))?|(?= ?[ap]\.?m))` +
    String.raw` ?(?<after>a\. ?m\.?|p\. ?m\.?|am|pm|ص|م)?` +
    String.raw` ?(?<zone>\(?(?:Z|UTC|GMT)?(?:(?<sign>[+\-−])(?<hours>\d{1,2})(?::?(?<minutes>\d{2}))?)?\)?)$`,
  'i',
);

interface WithoutTime {
  rest: string;
  /** Undefined where there is one that no clock shows. */
  clock: string | null | undefined;
  offset: string | null;
}

function withoutTime(text: string): WithoutTime {
  const match = TIME.exec(text);
  if (!match?.groups) return { rest: text, clock: null, offset: null };
  const { before = '', hour = '', minute = '00', second = '00', after = '', zone = '' } = match.groups;
  const half = /^p|下午|م/i.test(before + after) ? 12 : /^a|上午|ص/i.test(before + after) ? 0 : null;
  const hours = half === null ? Number(hour) : (Number(hour) % 12) + half;
  const fits = half === null ? hours <= 23 : Number(hour) >= 1 && Number(hour) <= 12;
  const seconds = second.replace(',', '.').slice(0, 6);
  const clock = fits && Number(minute) < 60 && Number(seconds) < 60 ? `${two(hours)}:${minute}:${seconds}` : undefined;
  return { rest: text.slice(0, match.index).trim(), clock, offset: offsetOf(zone, match.groups) };
}

function offsetOf(zone: string, { sign, hours = '', minutes = '00' }: Record<string, string | undefined>) {
  if (sign === undefined) return /[zug]/i.test(zone) ? 'Z' : null;
  return `${sign === '+' ? '+' : '-'}${two(Number(hours))}:${minutes ?? '00'}`;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** `2026-12-05`, `20261205`, `5.12.2026`, `12/05/26`, `2026年12月5日`; null where it is not of numbers only. */
function numericDays(text: string): WrittenDate['days'] | null {
  const [, y, m, d] =
    /^(\d{4})(\d{2})(\d{2})$/.exec(text) ??
    /^(\d{4})[-/.] ?(\d{1,2})[-/.] ?(\d{1,2})\.?$/.exec(text) ??
    /^(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日?(?: ?(?:星期|周|週).)?$/.exec(text) ??
    [];
  if (y !== undefined && m !== undefined && d !== undefined)
    return present({ dmy: [y, m, d], mdy: [y, m, d], ymd: [y, m, d] });
  const [, a, sign, b, c] = /^(\d{1,2})([-/.]) ?(\d{1,2})[-/.] ?(\d{4}|\d{2})\.?$/.exec(text) ?? [];
  if (a === undefined || b === undefined || c === undefined) return null;
  const dayFirst = present({ dmy: [c, b, a], mdy: [c, a, b] });
  // `26-12-05`; with other signs nobody begins with a year of two digits, unless it can be nothing else.
  const mayBeYear = a.length === 2 && c.length === 2 && (sign === '-' || Object.keys(dayFirst).length === 0);
  return mayBeYear ? { ...dayFirst, ...present({ ymd: [a, b, c] }) } : dayFirst;
}

/** The orders in which these are a year, a month and a day that exist. */
function present(orders: Partial<Record<DateOrder, [year: string, month: string, day: string]>>): WrittenDate['days'] {
  const days = Object.entries(orders).map(([order, [year, month, day]]) => {
    const text = `${fullYear(year)}-${two(Number(month))}-${two(Number(day))}`;
    return [order, isLocalTime(`${text}T00:00`) ? text : undefined] as const;
  });
  return Object.fromEntries(days.filter(([, day]) => day !== undefined));
}

const fullYear = (year: string): string => (year.length === 4 ? year : Number(year) < 70 ? `20${year}` : `19${year}`);

/** `5 Dec 2026`, `December 5th, 2026`, `05/Dec/26`, `sábado, 5 de diciembre de 2026`, `5 ديسمبر 2026`. */
function namedDays(text: string): WrittenDate['days'] | null {
  const words = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .split(/[\s,/.\-،]+/)
    .filter((word) => word !== '' && !FILLERS.has(word));
  const months = words.filter((word) => MONTHS.has(word));
  // The names of the Levant have two words: كانون الأول.
  const pairs = words.flatMap((word, n) => (MONTHS.has(`${word} ${words[n + 1] ?? ''}`) ? [n] : []));
  const [pair] = pairs;
  const name = pair === undefined ? months[0] : `${words[pair] ?? ''} ${words[pair + 1] ?? ''}`;
  const numbers = (pair === undefined ? words : words.toSpliced(pair, 2))
    .filter((word) => !MONTHS.has(word))
    .filter((word) => !WEEKDAYS.has(word));
  const month = MONTHS.get(name ?? '');
  if (month === undefined || months.length + pairs.length !== 1 || numbers.length !== 2) return null;
  const [first = '', second = ''] = numbers.map((number) => number.replace(/^(\d{1,2})(st|nd|rd|th|º)$/, '$1'));
  const [day, year] = first.length === 4 ? [second, first] : [first, second];
  if (!/^\d{1,2}$/.test(day) || !/^(\d{4}|\d{2})$/.test(year)) return null;
  const numeric: [string, string, string] = [year, String(month), day];
  return present({ dmy: numeric, mdy: numeric, ymd: numeric });
}

const FILLERS = new Set(['de', 'del', 'el', 'of', 'the', 'من']);

/** Names as Intl and people write them; in the Arabic of the Levant and of the Maghreb too. */
const MONTHS = new Map<string, number>();
const WEEKDAYS = new Set<string>();
const plainName = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}|\.|,/gu, '')
    .trim();
for (const locale of ['en', 'es', 'ar-EG', 'ar-SY', 'ar-MA', 'ar-DZ']) {
  for (const style of ['long', 'short'] as const) {
    const month = new Intl.DateTimeFormat(`${locale}-u-ca-gregory`, { month: style, timeZone: 'UTC' });
    const weekday = new Intl.DateTimeFormat(locale, { weekday: style, timeZone: 'UTC' });
    for (let n = 0; n < 12; n++) MONTHS.set(plainName(month.format(Date.UTC(2026, n, 15))), n + 1);
    for (let n = 0; n < 7; n++) WEEKDAYS.add(plainName(weekday.format(Date.UTC(2026, 10, n + 1))));
  }
}
for (const [name, month] of [
  ['sept', 9],
  ['set', 9],
] as const)
  MONTHS.set(name, month);
