const INVALID = /[\0\p{Surrogate}]/u;
const MARKS = /\p{M}+/gu;
/** More than any script writes. Normalization sorts the marks on a character in quadratic time: 40,000 take seconds. */
const MAX_MARKS = 100;
/** No input is nested deeper; a limit keeps hostile input from exhausting the stack. */
const MAX_DEPTH = 20;

/** Whether a character has so many combining marks that the text must not be normalized. */
export function hasTooManyMarks(text: string): boolean {
  if (text.length <= MAX_MARKS) return false;
  for (const [run] of text.matchAll(MARKS)) if (run.length > MAX_MARKS) return true;
  return false;
}

/**
 * Looks into objects and arrays.
 * @returns the key of the message if a text in the value cannot be stored: PostgreSQL takes neither NUL nor half of a
 *   surrogate pair, and browsers send neither
 */
export function invalidText(value: unknown, depth = 0): string | null {
  if (typeof value === 'string')
    return INVALID.test(value) ? 'errors.textBroken' : hasTooManyMarks(value) ? 'errors.tooManyMarks' : null;
  if (typeof value !== 'object' || value === null) return null;
  if (depth > MAX_DEPTH) return 'errors.textBroken';
  for (const [key, inner] of Object.entries(value)) {
    const found = invalidText(key) ?? invalidText(inner, depth + 1);
    if (found) return found;
  }
  return null;
}

export const isInvalidText = (value: unknown): boolean => invalidText(value) !== null;
