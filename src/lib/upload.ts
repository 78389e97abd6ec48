import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import busboy from 'busboy';
import { RateLimitError } from './errors.ts';
import { FairQueue, unlimited } from './fair-queue.ts';
import { badRequest } from './http-error.ts';

/** One file of a person at a time: the next one is not read before. */
export const uploadQueue = new FairQueue(
  () => unlimited,
  3,
  () => new RateLimitError(10),
);

export interface Upload<File> {
  fields: Record<string, string>;
  /** The result of `read`; null if no file was chosen. */
  file: Promise<File | null>;
}

/**
 * Reads a form with one file (multipart/form-data, RFC 7578). The file is read while it arrives and never stored.
 * @param bytes that `read` gets at most
 * @returns when the form has arrived @throws HttpError 400 for a malformed or interrupted form
 */
export function readUpload<File>(
  req: IncomingMessage,
  bytes: number,
  read: (chunks: AsyncIterable<Uint8Array>, name: string) => Promise<File>,
): Promise<Upload<File>> {
  return new Promise((resolve, reject) => {
    const form = parserFor(req, bytes);
    const fields = new Map<string, string>();
    let file: Promise<File | null> = Promise.resolve(null);
    form.on('field', (name, value) => fields.set(name, value));
    form.on('file', (_name, stream, { filename }) => {
      if (!filename) {
        stream.resume();
        return;
      }
      file = readAndDrain(stream, (chunks) => read(chunks, filename));
      file.catch(() => undefined);
    });
    // Emitted before 'close'.
    form.on('error', () => {
      reject(badRequest());
    });
    form.on('close', () => {
      resolve({ fields: Object.fromEntries(fields), file });
    });
    pipeline(req, form, (error) => {
      if (error) reject(badRequest());
    });
  });
}

/** Lets `read` stop early, and discards the rest: clients read no response before they have sent everything. */
export async function readAndDrain<T>(
  stream: Readable,
  read: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  try {
    return await read(stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>);
  } finally {
    // The iterator may release the stream only later; a data listener takes effect then, resume() alone would not.
    stream.on('data', () => undefined).resume();
  }
}

function parserFor(req: IncomingMessage, bytes: number): busboy.Busboy {
  try {
    return busboy({
      headers: req.headers,
      defParamCharset: 'utf8',
      limits: {
        files: 1,
        fileSize: bytes,
        fields: 40,
        fieldSize: 1000,
        fieldNameSize: 100,
        parts: 41,
        headerPairs: 20,
      },
    });
  } catch {
    throw badRequest();
  }
}
