import { randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Bytes that have arrived, on disk. */
export interface Spooled {
  bytes(): AsyncIterable<Uint8Array>;
  /** To be called in any case. */
  close(): Promise<void>;
}

/**
 * Keeps what arrives on disk, so that a slow sender holds neither memory nor a place among those whose file is being
 * read. The file has no name: nothing stays behind, even after a crash.
 * @param most reading stops when more bytes than this have arrived
 * @returns when all has arrived
 */
export async function spool(arriving: AsyncIterable<Uint8Array>, most: number): Promise<Spooled> {
  const name = path.join(tmpdir(), `taskwire-${randomUUID()}`);
  const file = await open(name, 'wx+', 0o600);
  try {
    await unlink(name);
    let length = 0;
    for await (const chunk of arriving) {
      await file.write(chunk);
      length += chunk.length;
      if (length > most) break;
    }
    return {
      bytes: () => read(file),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A stream of the handle would keep it open: `close` waits for it, also where nobody reads it to its end. */
async function* read(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
const CHUNK = 65_536;
