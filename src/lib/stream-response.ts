import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Sends an answer piece by piece, no faster than it is read. Who goes away meanwhile has what they wanted. */
export async function streamResponse(to: NodeJS.WritableStream, pieces: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), to);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
