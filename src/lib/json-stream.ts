import { excess, type Bounds } from './bounds.ts';
import { ValidationError } from './errors.ts';
import { Stretch } from './yielding.ts';

/** The text is not JSON. */
export class InvalidJsonError extends Error {}

export interface RowBounds {
  /** Elements of the array. */
  rows: number;
  /** Each element. */
  row: Pick<Bounds, 'values' | 'text'>;
  /** The object around the array, without it, in characters. */
  rest: number;
  /** Values of everything. */
  values: number;
}

/** One element: a task with the longest notes, with every character escaped, and with a hundred categories. */
export const defaultRow: RowBounds['row'] = { values: 10_000, text: 300_000 };

/**
 * Reads a JSON object (RFC 8259) that has one long array, while it arrives: `JSON.parse` of the whole would stop
 * everybody for seconds, and what is over its bound would be in memory before it is measured. Others get their turn in
 * between.
 * @param field the name of the array
 * @param onRow gets each element of the array; what it throws ends the reading
 * @returns the object, with the array empty
 * @throws ValidationError with what is over its bound, InvalidJsonError
 */
export async function readJsonStream(
  text: AsyncIterable<string>,
  field: string,
  bounds: RowBounds,
  onRow: (row: unknown, index: number) => void,
): Promise<unknown> {
  const splitter = new Splitter(field, bounds);
  const stretch = new Stretch();
  for await (const piece of text)
    for (const row of splitter.split(piece)) {
      onRow(parsed(row), splitter.rows - 1);
      if (stretch.isOver) await stretch.next();
    }
  return parsed(splitter.rest);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidJsonError('not JSON');
  }
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Cuts the text at the commas between the elements, and counts; whether the pieces are JSON, `JSON.parse` says. */
class Splitter {
  /** The text without the elements. */
  rest = '';
  /** The number of elements so far. */
  rows = 0;
  readonly #field: string;
  readonly #opening: RegExp;
  readonly #bounds: RowBounds;
  /** The beginning of an element; null outside of the array. */
  #row: string | null = null;
  #values = 0;
  #valuesBefore = 0;
  #depth = 0;
  #inText = false;
  #isEscaped = false;

  constructor(field: string, bounds: RowBounds) {
    this.#field = field;
    this.#opening = new RegExp(`"${field}"\\s{0,50}:\\s{0,50}$`);
    this.#bounds = bounds;
  }

  *split(piece: string): Generator<string> {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (this.#inText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === BACKSLASH) this.#isEscaped = true;
        else if (code === QUOTE) this.#inText = false;
      } else if (code === QUOTE) this.#inText = true;
      else if (code === COMMA) {
        this.#count();
        if (this.#row === null || this.#depth !== 2) continue;
        yield this.#takeRow(piece.slice(from, at));
        from = at + 1;
      } else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
        this.#count();
        this.#depth += 1;
        if (code === OPEN_OBJECT || this.#depth !== 2 || !this.#opens(piece.slice(from, at))) continue;
        this.rest += piece.slice(from, at + 1);
        from = at + 1;
        this.#row = '';
        this.#valuesBefore = this.#values;
      } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
        if (this.#row !== null && this.#depth === 2) {
          const last = this.#takeRow(piece.slice(from, at));
          from = at;
          this.#row = null;
          if (this.rows > 1 || last.trim() !== '') yield last;
          else this.rows = 0;
        }
        this.#depth -= 1;
      }
    }
    if (this.#row === null) this.rest += piece.slice(from);
    else this.#row += piece.slice(from);
    this.#check();
  }

  #opens(before: string): boolean {
    return this.#opening.test((this.rest.slice(-200) + before.slice(-200)).slice(-200));
  }

  #takeRow(end: string): string {
    const row = (this.#row ?? '') + end;
    this.#row = row;
    this.#check();
    this.#row = '';
    this.#valuesBefore = this.#values;
    this.rows += 1;
    if (this.rows > this.#bounds.rows)
      throw new ValidationError({ ...excess('tooManyItems', this.#bounds.rows), path: this.#field });
    return row;
  }

  /** Each value but the first follows a comma, or opens an object or an array. */
  #count(): void {
    this.#values += 1;
    if (this.#values > this.#bounds.values) throw new ValidationError(excess('tooManyValues', this.#bounds.values));
    if (this.#row !== null && this.#values - this.#valuesBefore > this.#bounds.row.values)
      this.#refuseRow('tooManyValues', this.#bounds.row.values);
  }

  #check(): void {
    const { row, rest } = this.#bounds;
    if (this.rest.length > rest) throw new ValidationError(excess('tooMuchText', rest));
    if ((this.#row?.length ?? 0) > row.text) this.#refuseRow('tooMuchText', row.text);
  }

  #refuseRow(key: string, max: number): never {
    throw new ValidationError({ ...excess(key, max), path: `${this.#field}.${String(this.rows)}` });
  }
}
