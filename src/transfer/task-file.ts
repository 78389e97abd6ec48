/** The files that tasks are imported from: CSV, and the JSON of an exported list. */
import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import { CsvError, LONGEST_ROW, MAX_RECORDS, readCsv, type CsvRow } from '../lib/csv.ts';
import { decodeText, WrongEncoding, type Encoding } from '../lib/decode-text.ts';
import { ValidationError } from '../lib/errors.ts';
import { defaultRow, InvalidJsonError, readJsonStream } from '../lib/json-stream.ts';
import { parse } from '../lib/parse.ts';
import { hasTooManyMarks } from '../lib/text-validity.ts';
import { categoryColor, localizedName } from '../schemas/category.ts';
import { exportFormat } from '../schemas/export.ts';
import { limits } from '../shared/limits.ts';
import { HEADER_WITHIN, headerAmong } from './import/columns.ts';
import type { NamedCategory } from './merge/options.ts';

/** An exported list; its tasks are not validated yet. */
export interface ExportFile {
  kind: 'json';
  /** Identifies the list that it was exported from. */
  listKey: string;
  /** The categories that it defines, by name. */
  categories: Map<string, NamedCategory>;
  tasks: unknown[];
}

export interface CsvFile {
  kind: 'csv';
  header: string[];
  rows: CsvRow[];
  /** What stands before the header. */
  preamble: CsvRow[];
  encoding: Encoding;
}

/** A file as it was read, with its SHA-256. */
export type TaskFile = (CsvFile | ExportFile) & { digest: string };

/**
 * Reads a file while it arrives, into memory.
 * @param kind null: detected by its first character
 * @throws ValidationError with what is wrong with the file
 */
export async function readTaskFile(
  chunks: AsyncIterable<Uint8Array>,
  kind: TaskFile['kind'] | null = null,
): Promise<TaskFile> {
  const digest = createHash('sha256');
  try {
    let encoding: Encoding = 'utf-8';
    const text = decodeText(measured(chunks, digest), (found) => {
      encoding = found;
    });
    const { first, whole } = await peek(text);
    const file =
      (kind ?? (/^\s*[[{]/.test(first) ? 'json' : 'csv')) === 'json'
        ? await readExport(whole)
        : await csvFile(whole, () => encoding);
    return { ...file, digest: digest.digest('base64url') };
  } catch (error) {
    throw toFileError(error);
  }
}

async function* measured(chunks: AsyncIterable<Uint8Array>, digest: Hash): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limits.importBytes) throw fileError('fileTooLarge', { max: limits.importBytes / 1024 / 1024 });
    digest.update(chunk);
    yield chunk;
  }
}

/** The beginning of the text, enough to detect its kind, and the whole text. */
async function peek(text: AsyncGenerator<string>): Promise<{ first: string; whole: AsyncGenerator<string> }> {
  let first = '';
  while (first.trim() === '') {
    const next = await text.next();
    if (next.done) throw fileError('empty');
    first += next.value;
  }
  async function* whole(): AsyncGenerator<string> {
    try {
      yield first;
      yield* text;
    } finally {
      // Whoever stops within the beginning has not begun the rest, which would hold on to the upload.
      await text.return(undefined);
    }
  }
  return { first, whole: whole() };
}

async function csvFile(text: AsyncIterable<string>, encoding: () => Encoding): Promise<CsvFile> {
  const { delimiter, rows: read } = await readCsv(text);
  const rows: CsvRow[] = [];
  let [header, preamble]: [string[] | null, CsvRow[]] = [null, []];
  const findHeader = (): void => {
    const at = headerAmong(rows.map(({ cells }) => cells));
    preamble = rows.splice(0, at);
    header = rows.shift()?.cells.map((cell) => cell.trim()) ?? null;
    if (header && header.length > limits.importColumns)
      throw fileError('tooManyColumns', { max: limits.importColumns });
  };
  let cells = 0;
  for await (const row of read) {
    cells += row.cells.length;
    checkRow(row, cells);
    if (rows.length >= limits.importRows && header) throw fileError('tooManyRows', { max: limits.importRows });
    rows.push(row);
    if (!header && rows.length === HEADER_WITHIN) findHeader();
  }
  if (!header) findHeader();
  if (header === null || rows.length === 0) throw fileError('empty');
  // Where there is one column, nothing separates cells: the commas belong to the text.
  if ((header as string[]).length === 1) for (const row of rows) row.cells = [row.cells.join(delimiter)];
  return { kind: 'csv', header, rows, preamble, encoding: encoding() };
}

/** @param all cells up to this row */
function checkRow({ row, cells }: CsvRow, all: number): void {
  if (all > limits.importValues) throw fileError('tooManyValues', { max: limits.importValues });
  if (cells.length > limits.importColumns) throw fileError('tooManyCells', { row, max: limits.importColumns });
  if (cells.some(hasTooManyMarks)) throw fileError('tooManyMarks', { row });
}

const exportSchema = z.object({
  format: z.literal(exportFormat.format),
  version: z.int().positive(),
  list: z.object({ key: z.string().regex(/^[\w-]{1,64}$/) }),
  categories: z.array(z.object({ name: localizedName, color: categoryColor })).default([]),
  tasks: z.array(z.unknown()),
});
/** What an export holds besides its tasks: categories with a name in many languages. */
const REST = { items: limits.categories, values: 60 * limits.categories, text: 4_000_000 };

/** @throws ValidationError where the text is no complete export, or one of a later version */
async function readExport(text: AsyncIterable<string>): Promise<ExportFile> {
  const tasks: unknown[] = [];
  const bounds = { rows: limits.importRows, row: defaultRow, rest: REST.text, values: limits.importValues };
  const rest = await readJsonStream(text, 'tasks', bounds, (task) => tasks.push(task)).catch((error: unknown) => {
    throw toJsonError(error);
  });
  const { version, list, categories } = parseExport(rest);
  if (version > exportFormat.version) throw fileError('version');
  if (tasks.length === 0) throw fileError('empty');
  return {
    kind: 'json',
    listKey: list.key,
    categories: new Map(categories.map((category) => [category.name.original, category])),
    tasks,
  };
}

function parseExport(rest: unknown): z.output<typeof exportSchema> {
  try {
    return parse(exportSchema, rest, REST);
  } catch (error) {
    throw error instanceof ValidationError ? fileError('list') : error;
  }
}

/** Errors of reading JSON, as errors of the file; any other error unchanged. */
function toJsonError(error: unknown): unknown {
  if (error instanceof InvalidJsonError) return fileError('json');
  if (!(error instanceof ValidationError)) return error;
  const [first] = error.errors;
  return first?.path === 'tasks'
    ? fileError('tooManyRows', { max: limits.importRows })
    : new ValidationError(error.errors.map((each) => ({ ...each, path: 'file' })));
}

/** An error of the whole file, for its field in the form. */
export const fileError = (kind: string, params: Record<string, string | number> = {}): ValidationError =>
  new ValidationError({ path: 'file', message: `imports.wrong.${kind}`, params });

/** Errors of reading, as errors of the file; any other error unchanged. */
function toFileError(error: unknown): unknown {
  if (error instanceof WrongEncoding) return fileError('encoding');
  if (error instanceof CsvError)
    return fileError(error.kind, { row: error.row, max: error.kind === 'tooManyRows' ? MAX_RECORDS : LONGEST_ROW });
  return error;
}
