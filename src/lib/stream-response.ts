import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Streams a response with backpressure. A client that disconnects early is not an error. */
export async function streamResponse(to: NodeJS.WritableStream, chunks: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(chunks), to);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
