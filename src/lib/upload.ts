import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import busboy from 'busboy';
import { badRequest } from './http-error.ts';

export interface Upload<File> {
  fields: Record<string, string>;
  /** What `read` made of the file; null where none was chosen. */
  file: Promise<File | null>;
}

/**
 * Reads a form with one file (multipart/form-data, RFC 7578), the file while it arrives; nothing touches the disk.
 * @param bytes of the file that `read` is given at most
 * @returns when all of it has arrived @throws HttpError 400 where it is no such form, or breaks off
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
      file = readOut(stream, (chunks) => read(chunks, filename));
      file.catch(() => undefined);
    });
    // Before the close that follows it.
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

/**
 * Reads from a stream as much as `read` wants, and throws the rest away: a client listens to no answer before it
 * has sent everything.
 */
export async function readOut<T>(
  stream: Readable,
  read: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  try {
    return await read(stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>);
  } finally {
    // The iterator may let go of the stream only later: a listener takes over then, where resuming now does nothing.
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
