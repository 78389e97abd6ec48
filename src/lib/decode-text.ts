import { TextDecoder } from 'node:util';

/** The bytes are no text in an encoding that is read here. */
export class WrongEncoding extends Error {
  constructor() {
    super('neither UTF-8 nor Windows-1252 nor, with a byte order mark, UTF-16');
    this.name = 'WrongEncoding';
  }
}

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * The text of a file, piece by piece: UTF-8, or UTF-16 where a byte order mark says so; the mark is left out. What is
 * ASCII up to bytes that no UTF-8 has is Windows-1252, in which spreadsheets write western languages, unless its
 * letters stand as in no such language: Chinese and Arabic encodings would be read as gibberish.
 * @param onEncoding called once where the encoding is not UTF-8
 * @throws WrongEncoding for anything else, and for NUL, which no text has: UTF-16 without a mark is full of it
 */
export async function* decodeText(
  chunks: AsyncIterable<Uint8Array>,
  onEncoding: (encoding: Encoding) => void = () => undefined,
): AsyncGenerator<string> {
  const text = new Decoder(onEncoding);
  for await (const chunk of chunks) yield text.decode(chunk);
  yield text.end();
}

const LONGEST_MARK = 3;

class Decoder {
  readonly #onEncoding: (encoding: Encoding) => void;
  /** Bytes that wait for what follows: the first ones, or the beginning of a character. */
  #pending: Buffer = Buffer.alloc(0);
  #decoder: TextDecoder | null = null;
  #onlyAscii = true;

  constructor(onEncoding: (encoding: Encoding) => void) {
    this.#onEncoding = onEncoding;
  }

  decode(chunk: Uint8Array): string {
    const bytes = Buffer.concat([this.#pending, chunk]);
    if (!this.#decoder) {
      this.#pending = bytes;
      if (bytes.length < LONGEST_MARK) return '';
      this.#begin(bytes);
    }
    if (this.#decoder?.encoding !== 'utf-8') {
      this.#pending = Buffer.alloc(0);
      return checked(this.#read(bytes, true));
    }
    const whole = bytes.length - unfinished(bytes);
    this.#pending = bytes.subarray(whole);
    return checked(this.#readUtf8(bytes.subarray(0, whole), bytes, true));
  }

  end(): string {
    if (!this.#decoder) this.#begin(this.#pending);
    const rest = this.#pending;
    return checked(this.#decoder?.encoding === 'utf-8' ? this.#readUtf8(rest, rest, false) : this.#read(rest, false));
  }

  #begin(head: Buffer): void {
    const mark = head.subarray(0, 2).toString('hex');
    this.#use(mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8');
  }

  #use(encoding: Encoding): void {
    this.#decoder = new TextDecoder(encoding, { fatal: true });
    if (encoding !== 'utf-8') this.#onEncoding(encoding);
  }

  #readUtf8(whole: Buffer, bytes: Buffer, stream: boolean): string {
    try {
      const text = this.#read(whole, stream);
      this.#onlyAscii &&= whole.every((byte) => byte < 0x80);
      return text;
    } catch (error) {
      if (!this.#onlyAscii || !isWestern(bytes)) throw error;
      this.#use('windows-1252');
      this.#pending = Buffer.alloc(0);
      return this.#read(bytes, stream);
    }
  }

  #read(bytes: Buffer, stream: boolean): string {
    try {
      return this.#decoder?.decode(bytes, { stream }) ?? '';
    } catch {
      throw new WrongEncoding();
    }
  }
}

/** The number of bytes at the end that begin a character of UTF-8 and do not finish it. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

/** Western letters beyond ASCII stand alone or in pairs; in other encodings whole words consist of them. */
function isWestern(bytes: Buffer): boolean {
  let [all, crowded, run] = [0, 0, 0];
  for (const byte of bytes) {
    if (byte < 0x80) {
      run = 0;
      continue;
    }
    // Not assigned in Windows-1252.
    if ([0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte)) return false;
    run += 1;
    all += 1;
    if (run === 3) crowded += 3;
    else if (run > 3) crowded += 1;
  }
  return crowded * 4 <= all;
}

function checked(text: string): string {
  if (text.includes('\0')) throw new WrongEncoding();
  return text;
}
