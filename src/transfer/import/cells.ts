/** Reads the cells of a CSV file. An invalid cell throws the key of its message. */
import { armed } from '../../lib/csv.ts';
import { isLocalTime, fromLocalTime } from '../../lib/local-time.ts';
import type { NamedCategory } from '../merge/options.ts';
import { limits, type Priority } from '../../shared/limits.ts';
import { isLongerThan, oneLine } from '../../schemas/shared.ts';

export class InvalidCellError extends Error {
  readonly params: Record<string, string | number>;

  constructor(key: string, params: Record<string, string | number> = {}) {
    super(key);
    this.name = 'InvalidCellError';
    this.params = params;
  }
}

export const textCell = (cell: string): string => armed(cell).replace(/\r\n?/g, '\n').trim();

/** @param max characters */
export function longTextCell(cell: string, max: number, tooLong: string): string {
  const text = textCell(cell);
  if (isLongerThan(text, max)) throw new InvalidCellError(tooLong, { max });
  return text;
}

export function booleanCell(cell: string): boolean {
  const text = cell.trim().toLowerCase();
  if (YES.has(text)) return true;
  if (NO.has(text)) return false;
  throw new InvalidCellError('imports.wrong.boolean');
}
const YES = new Set([
  'true',
  'yes',
  'y',
  '1',
  'x',
  '✓',
  '✔',
  'done',
  'completed',
  'closed',
  'sí',
  'si',
  'hecho',
  'hecha',
  '是',
  '已完成',
  '完成',
  'نعم',
  'تم',
  'منجز',
]);
const NO = new Set([
  '',
  'false',
  'no',
  'n',
  '0',
  'open',
  'todo',
  'to do',
  'pending',
  'active',
  'abierta',
  'pendiente',
  '否',
  '未完成',
  'لا',
]);

/** A date; a time after it is ignored. */
export function dayCell(cell: string): string | null {
  const text = cell.trim();
  if (text === '') return null;
  const [day = ''] = text.split(/[T ]/, 1);
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(day) || !isLocalTime(`${day}T00:00`))
    throw new InvalidCellError('errors.dateInvalid');
  return day;
}

/** A moment in ISO 8601; without an offset in the time zone, without a time the start of the day. */
export function momentCell(cell: string, timeZone: string): Date | null {
  const text = cell.trim().replace(/^(\d{4}-\d{2}-\d{2}) +/, '$1T');
  if (text === '') return null;
  const local = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  if (isLocalTime(local)) return fromLocalTime(local, timeZone);
  const [, localPart = ''] = /^(.+?)(?:Z|[+-]\d{2}:?\d{2})$/.exec(text) ?? [];
  const moment = new Date(text);
  if (
    !isLocalTime(localPart) ||
    Number.isNaN(moment.getTime()) ||
    moment.getUTCFullYear() < 1 ||
    moment.getUTCFullYear() > 9999
  )
    throw new InvalidCellError('errors.timeInvalid');
  return moment;
}

export function priorityCell(cell: string): Priority {
  const found = PRIORITIES.findIndex((names) => names.includes(cell.trim().toLowerCase()));
  if (found < 0) throw new InvalidCellError('imports.wrong.priority');
  return found as Priority;
}
const PRIORITIES = [
  ['', '0', 'none'],
  ['1', 'low'],
  ['2', 'medium', 'normal'],
  ['3', 'high'],
];

export function numberCell(cell: string): number | null {
  const text = armed(cell).trim();
  if (text === '') return null;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) || !Number.isFinite(Number(text)))
    throw new InvalidCellError('imports.wrong.number');
  return Number(text) + 0;
}

const MAX_CATEGORIES = 100;

/** Names separated by commas or semicolons, which a backslash escapes. */
export function categoriesCell(cell: string, defined: ReadonlyMap<string, NamedCategory> = new Map()): NamedCategory[] {
  const names = (armed(cell).match(/(?:\\.|[^\\,;])+/gs) ?? [])
    .map((name) => oneLine(name.replace(/\\(.)/gs, '$1')).trim())
    .filter((name) => name !== '');
  return categoriesNamed(names, defined);
}

/** @param defined the categories that the file defines, by name */
export function categoriesNamed(names: string[], defined: ReadonlyMap<string, NamedCategory>): NamedCategory[] {
  if (names.length > MAX_CATEGORIES)
    throw new InvalidCellError('imports.wrong.tooManyCategories', { max: MAX_CATEGORIES });
  if (names.some((name) => isLongerThan(name, limits.categoryName)))
    throw new InvalidCellError('errors.categoryNameTooLong', { max: limits.categoryName });
  return names.map((name) => defined.get(name) ?? { name: { original: name } });
}

/** The inverse of `categoriesCell`. */
export const writeCategories = (names: string[]): string =>
  names.map((name) => name.replace(/[\\,;]/g, '\\$&')).join(', ');
