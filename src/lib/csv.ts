/** CSV (RFC 4180) as spreadsheets and other programs write it, and as they may open it without danger. */
import { Readable, pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import { yielding } from './yielding.ts';

export interface CsvRow {
  /** As a spreadsheet counts: the header is row 1, and empty rows count. */
  row: number;
  cells: string[];
}

/** The file breaks the rules of quotation marks, so that nobody can tell where its rows end. */
export class CsvError extends Error {
  readonly kind: 'cutOff' | 'quote' | 'rowTooLong' | 'tooManyRows';
  /** Near which the trouble is, or begins. */
  readonly row: number;

  constructor(kind: CsvError['kind'], row: number) {
    super(`${kind} near row ${String(row)}`);
    this.name = 'CsvError';
    this.kind = kind;
    this.row = row;
  }
}

/** Characters. */
export const LONGEST_ROW = 100_000;
/** Also of rows with nothing in them, which spreadsheets write by the thousand. */
export const MAX_RECORDS = 200_000;

/** A CSV text with the sign between its cells. */
export interface CsvText {
  delimiter: string;
  rows: AsyncGenerator<CsvRow>;
}

/**
 * The rows of a CSV text, the header among them; without those that have nothing in them. Cells are separated by a
 * comma, a semicolon, a tab or a bar: by what the line `sep=;` of a spreadsheet says, or what most rows agree on.
 */
export async function readCsv(text: AsyncIterable<string>): Promise<CsvText> {
  const { delimiter, whole } = await withDelimiter(text);
  return { delimiter, rows: rowsOf(whole, delimiter) };
}

/** @throws CsvError */
async function* rowsOf(whole: AsyncIterable<string>, delimiter: string): AsyncGenerator<CsvRow> {
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
  });
  // An error of either side destroys the parser with it, and so reaches the loop.
  pipeline(Readable.from(whole), parser, () => undefined);
  try {
    // Also between rows with nothing in them, which nobody gets.
    for await (const { info, record } of yielding(parser as AsyncIterable<Parsed>)) {
      const row = info.records + info.empty_lines;
      if (info.records > MAX_RECORDS) throw new CsvError('tooManyRows', row);
      if (row === 1 && SEPARATOR_LINE.test(record.join(delimiter))) continue;
      if (record.some((cell) => cell.trim() !== '')) yield { row, cells: record };
    }
  } catch (error) {
    const {
      code = '',
      records = 0,
      empty_lines: empty = 0,
    } = error as { code?: string; records?: number; empty_lines?: number };
    const kind = KINDS[code];
    throw kind ? new CsvError(kind, records + empty + 1) : error;
  }
}

interface Parsed {
  info: { records: number; empty_lines: number };
  record: string[];
}

const KINDS: Record<string, CsvError['kind']> = {
  CSV_QUOTE_NOT_CLOSED: 'cutOff',
  CSV_INVALID_CLOSING_QUOTE: 'quote',
  INVALID_OPENING_QUOTE: 'quote',
  CSV_MAX_RECORD_SIZE: 'rowTooLong',
};

/**
 * Records as CSV with the line ends of RFC 4180. A text that a spreadsheet would take for a formula gets an
 * apostrophe in front, and so does one that already has apostrophes there: `armed` gives either back.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export const writeCsv = (records: readonly (readonly (string | number | null)[])[]): string =>
  stringify(
    records.map((record) => record.map((cell) => (typeof cell === 'string' ? beforeLibrary(cell) : cell))),
    { escape_formulas: true, record_delimiter: '\r\n' },
  );

/** The text that `writeCsv` was given. */
export const armed = (cell: string): string => cell.replace(/^'(?='*[=+\-@\t\r\n＝＋－＠])/, '');

/** The library disarms what begins with the sign itself, but for the line list. */
const beforeLibrary = (cell: string): string => (/^(\n|'+[=+\-@\t\r\n＝＋－＠])/.test(cell) ? `'${cell}` : cell);

const DELIMITERS = [',', ';', '\t', '|'];
const SEPARATOR_LINE = /^sep=[,;\t|]$/i;
/** Characters and rows by which the delimiter is detected. */
const SAMPLE = { size: 50_000, rows: 50 };

/** Looks at the beginning, and gives the whole text back. */
async function withDelimiter(
  text: AsyncIterable<string>,
): Promise<{ delimiter: string; whole: AsyncGenerator<string> }> {
  const pieces = text[Symbol.asyncIterator]();
  let head = '';
  while (head.length < SAMPLE.size) {
    const next = await pieces.next();
    if (next.done) break;
    head += next.value;
  }
  async function* whole(): AsyncGenerator<string> {
    yield head;
    // Passes on that nobody wants more, too.
    yield* { [Symbol.asyncIterator]: () => pieces };
  }
  return { delimiter: delimiterOf(head), whole: yielding(inPieces(whole())) };
}

/** The parser takes a piece without letting others in, and makes an error of each row of another length. */
const PIECE = 4000;

async function* inPieces(text: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const piece of text)
    for (let at = 0; at < piece.length;) {
      // Not between the halves of a pair.
      const end = at + PIECE + Number(/[\uD800-\uDBFF]/.test(piece.charAt(at + PIECE - 1)));
      yield piece.slice(at, end);
      at = end;
    }
}

/** That which stands in most rows; of several such, that of which most have the same number, and then the first. */
function delimiterOf(head: string): string {
  const sample = head
    .slice(0, SAMPLE.size)
    // Quoted text may contain anything, line ends too.
    .replace(/"[^"]*("|$)/g, '""')
    .split(/[\r\n]+/)
    .filter((line) => line !== '')
    .slice(0, SAMPLE.rows);
  const [first = ''] = sample;
  if (SEPARATOR_LINE.test(first)) return first.slice(-1);
  const found = DELIMITERS.map((sign) => {
    const times = new Map<number, number>();
    const counts = sample.map((line) => line.split(sign).length - 1);
    for (const count of counts) if (count > 0) times.set(count, (times.get(count) ?? 0) + 1);
    const lines = counts.filter((count) => count > 0).length;
    return {
      sign,
      lines,
      alike: [...times.values()].reduce((most, each) => Math.max(most, each), 0),
      since: counts.findIndex((count) => count > 0),
    };
  }).filter(({ lines }) => lines > 0);
  return found.sort((a, b) => b.lines - a.lines || b.alike - a.alike || a.since - b.since)[0]?.sign ?? ',';
}
