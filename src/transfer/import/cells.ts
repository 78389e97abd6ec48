/** Reads the cells of a CSV file. An invalid cell throws the key of its message. */
import type { z } from 'zod';
import { armed } from '../../lib/csv.ts';
import type { FieldError } from '../../lib/errors.ts';
import { fromLocalTime } from '../../lib/local-time.ts';
import { daysOf, readDate, type DateOrder, type WrittenDate } from '../../lib/written-date.ts';
import { categoryName } from '../../schemas/category.ts';
import { externalKey } from '../../schemas/merge.ts';
import { oneLine } from '../../schemas/shared.ts';
import { taskDescription, taskNotes } from '../../schemas/task.ts';
import { dayIn } from '../../shared/format.ts';
import { limits, type CategoryColor } from '../../shared/limits.ts';
import type { NamedCategory } from '../merge/options.ts';
import { fold } from './words.ts';

export class InvalidCellError extends Error {
  readonly params: Record<string, string | number>;

  constructor(key: string, params: Record<string, string | number> = {}) {
    // Without a stack, which nobody reads: a file has up to a hundred thousand of them.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(key);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'InvalidCellError';
    this.params = params;
  }

  /** @param path the attribute that the cell is read as */
  at(path: string): FieldError {
    return { path, message: this.message, params: this.params };
  }
}

export const textCell = (cell: string): string => armed(cell).replace(/\r\n?/g, '\n').trim();

/** The text by the rule that holds for it everywhere. @throws InvalidCellError with the rule's message */
function ruled<Schema extends z.ZodType>(schema: Schema, text: string, max: number): z.output<Schema> {
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  throw new InvalidCellError(result.error.issues[0]?.message ?? 'errors.invalid', { max });
}

export const keyCell = (cell: string): string | null => {
  const text = textCell(cell);
  if (text.length > limits.externalId)
    throw new InvalidCellError('imports.wrong.keyTooLong', { max: limits.externalId });
  return text === '' ? null : ruled(externalKey, text, limits.externalId);
};

export const descriptionCell = (cell: string): string =>
  ruled(taskDescription, oneLine(textCell(cell)), limits.description);

/** Notes from the texts of several cells. */
export const notesOf = (texts: readonly string[]): string | null =>
  ruled(taskNotes, texts.filter((text) => text !== '').join('\n\n'), limits.notes);

/** How dates are read. */
export interface DateReading {
  /** Of days that an offset tells, and of moments without one. */
  timeZone: string;
  /** The order of day and month where the text alone does not tell; null: such a text is an error. */
  order: DateOrder | null;
}

/** A day; one with a time and an offset is the day that it is then in the time zone. */
export function dayCell(cell: string, { timeZone, order }: DateReading): string | null {
  const written = dateIn(cell);
  if (!written) return null;
  const day = resolve(written, order, cell);
  const { clock, offset } = written;
  return clock !== null && offset !== null ? dayIn(timeZone, momentOf(day, clock, offset)) : day;
}

/** A moment; without an offset in the time zone, without a time the start of the day. */
export function momentCell(cell: string, { timeZone, order }: DateReading): Date | null {
  const written = dateIn(cell);
  if (!written) return null;
  const day = resolve(written, order, cell);
  const { clock, offset } = written;
  return offset !== null && clock !== null
    ? momentOf(day, clock, offset)
    : fromLocalTime(`${day}T${clock ?? '00:00'}`, timeZone);
}

/** Of a range the end. @returns null where the cell says that there is no date @throws InvalidCellError */
export function dateIn(cell: string): WrittenDate | null {
  const text = armed(cell).trim();
  if (/^[-–—.]*$/.test(text) || NONE.has(fold(text))) return null;
  const written = readDate(text.split(/ ?(?:→|->) ?/).at(-1) ?? '');
  if (!written) throw new InvalidCellError('errors.dateInvalid');
  const years = daysOf(written).map((day) => Number(day.slice(0, 4)));
  // The dates that Go programs and Outlook write for none.
  if (years[0] === 1 || years[0] === 4501) return null;
  // A mistyped year, or one of another calendar.
  if (years.some((year) => year < limits.firstYear)) throw new InvalidCellError('errors.yearUnlikely');
  return written;
}
const NONE = new Set(
  [
    'none',
    'n/a',
    'null',
    'nil',
    'no date',
    'never',
    'ninguna',
    'sin fecha',
    'nunca',
    '无',
    '没有',
    'بلا',
    'لا يوجد',
  ].map(fold),
);

function resolve(written: WrittenDate, order: DateOrder | null, cell: string): string {
  const [day = '', other] = daysOf(written);
  if (other === undefined) return day;
  // Who begins with the year puts the month before the day.
  const chosen = order === null ? undefined : (written.days[order] ?? (order === 'ymd' ? written.days.mdy : undefined));
  if (chosen === undefined)
    throw new InvalidCellError('imports.wrong.dateAmbiguous', { text: cell.trim().slice(0, 40), day, other });
  return chosen;
}

function momentOf(day: string, clock: string, offset: string): Date {
  const moment = new Date(`${day}T${clock}${offset}`);
  if (Number.isNaN(moment.getTime())) throw new InvalidCellError('errors.timeInvalid');
  return moment;
}

export function numberCell(cell: string): number | null {
  const text = armed(cell).trim();
  if (text === '') return null;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) || !Number.isFinite(Number(text)))
    throw new InvalidCellError('imports.wrong.number');
  return Number(text) + 0;
}

const MAX_CATEGORIES = 100;
/** Between the names of categories; a backslash before one makes it part of a name. */
const SEPARATORS = ',;，；、،؛\n';
const NAMES = new RegExp(String.raw`(?:\\.|[^\\${SEPARATORS}])+`, 'gs');

/** Names separated by commas or semicolons. @param colored whether `(red)` after a name is its colour, as in Trello */
export function categoriesCell(cell: string, colored = false): NamedCategory[] {
  const names = (armed(cell).match(NAMES) ?? [])
    .map((name) => oneLine(name.replace(/\\(.)/gs, '$1')).trim())
    .filter((name) => name !== '');
  return categoriesNamed(names, colored);
}

/** The names as categories. @throws InvalidCellError for too many, and for one that is no name */
export function categoriesNamed(names: readonly string[], colored = false): NamedCategory[] {
  if (names.length > MAX_CATEGORIES)
    throw new InvalidCellError('imports.wrong.tooManyCategories', { max: MAX_CATEGORIES });
  return [...new Set(names)].map((text) => {
    const [, name = text, color = ''] = (colored && /^(.*?) ?\((\w+)\)$/.exec(text)) || [];
    const shade = TRELLO_COLORS[color.replace(/_(light|dark)$/, '')];
    return {
      name: { original: ruled(categoryName, name || color, limits.categoryName) },
      ...(shade && { color: shade }),
    };
  });
}

const TRELLO_COLORS: Record<string, CategoryColor | undefined> = {
  green: 'green',
  yellow: 'amber',
  orange: 'orange',
  red: 'red',
  purple: 'violet',
  blue: 'blue',
  sky: 'cyan',
  lime: 'lime',
  pink: 'pink',
  black: 'grey',
};

/** The inverse of `categoriesCell`. */
export const writeCategories = (names: string[]): string =>
  names.map((name) => name.replace(new RegExp(String.raw`[\\${SEPARATORS}]`, 'g'), String.raw`\$&`)).join(', ');
