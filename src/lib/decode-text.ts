import { TextDecoder } from 'node:util';

/** The bytes are no text in an encoding that is read here. */
export class WrongEncoding extends Error {
  constructor() {
    super('neither UTF-8 nor, with a byte order mark, UTF-16');
    this.name = 'WrongEncoding';
  }
}

/**
 * The text of a file, piece by piece: UTF-8, or UTF-16 where a byte order mark says so; the mark is left out.
 * @throws WrongEncoding for anything else, and for NUL, which no text has: UTF-16 without a mark is full of it
 */
export async function* decodeText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let head = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (decoder) {
      yield decoded(decoder, chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < LONGEST_MARK) continue;
    decoder = decoderFor(head);
    yield decoded(decoder, head);
  }
  if (!decoder) {
    decoder = decoderFor(head);
    yield decoded(decoder, head);
  }
  yield decoded(decoder);
}

const LONGEST_MARK = 3;

function decoderFor(head: Buffer): TextDecoder {
  const mark = head.subarray(0, 2).toString('hex');
  return new TextDecoder(mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8', { fatal: true });
}

function decoded(decoder: TextDecoder, chunk?: Uint8Array): string {
  let text: string;
  try {
    text = chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch {
    throw new WrongEncoding();
  }
  if (text.includes('\0')) throw new WrongEncoding();
  return text;
}
