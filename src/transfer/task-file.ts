import { createHash, type Hash } from 'node:crypto';
import { readCsv, type CsvRow } from '../lib/csv.ts';
import { decodeText } from '../lib/decode-text.ts';
import { limits } from '../shared/limits.ts';
import { fileError, toFileError } from './import/errors.ts';
import { readExport, type ExportFile } from './export/file.ts';

export interface CsvFile {
  kind: 'csv';
  header: string[];
  rows: CsvRow[];
}

/** A file as it was read, and a digest by which the same file is known again. */
export type TaskFile = (CsvFile | ExportFile) & { digest: string };

/**
 * Reads a file while it arrives; what is kept of it is kept in memory.
 * @param kind null: its first letter tells
 * @throws ValidationError with what is wrong with the file, and what to do
 */
export async function readTaskFile(
  chunks: AsyncIterable<Uint8Array>,
  kind: TaskFile['kind'] | null = null,
): Promise<TaskFile> {
  const digest = createHash('sha256');
  try {
    const text = decodeText(measured(chunks, digest));
    const { first, whole } = await peek(text);
    const file =
      (kind ?? (/^\s*[[{]/.test(first) ? 'json' : 'csv')) === 'json'
        ? readExport(await joined(whole))
        : await csvFile(whole);
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

/** Enough of the text to tell what it is, and all of it again. */
async function peek(text: AsyncGenerator<string>): Promise<{ first: string; whole: AsyncGenerator<string> }> {
  let first = '';
  while (first.trim() === '') {
    const next = await text.next();
    if (next.done) throw fileError('empty');
    first += next.value;
  }
  async function* whole(): AsyncGenerator<string> {
    yield first;
    yield* text;
  }
  return { first, whole: whole() };
}

async function joined(text: AsyncIterable<string>): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of text) pieces.push(piece);
  return pieces.join('');
}

async function csvFile(text: AsyncIterable<string>): Promise<CsvFile> {
  let header: string[] | null = null;
  const rows: CsvRow[] = [];
  for await (const { row, cells } of readCsv(text)) {
    if (header === null) {
      header = cells.map((cell) => cell.trim());
      if (header.length > limits.importColumns) throw fileError('tooManyColumns', { max: limits.importColumns });
    } else if (rows.length >= limits.importRows) throw fileError('tooManyRows', { max: limits.importRows });
    // One cell too many tells what a thousand would.
    else rows.push({ row, cells: cells.slice(0, header.length + 1) });
  }
  if (header === null || rows.length === 0) throw fileError('empty');
  return { kind: 'csv', header, rows };
}
