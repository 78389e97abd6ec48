import type { FieldError } from './errors.ts';

/** What an input may consist of, at most. */
export interface Bounds {
  /** Texts, numbers, objects, arrays, and what they contain. */
  values: number;
  /** Elements of an array. */
  items: number;
  /** Keys of an object. */
  keys: number;
  /** Levels of objects and arrays. */
  depth: number;
  /** Characters of all texts and keys together. */
  text: number;
}

/** More than the largest thing that anybody edits: a task with a hundred categories, each in many languages. */
export const defaultBounds: Bounds = { values: 10_000, items: 100, keys: 100, depth: 8, text: 200_000 };

const LONGEST_NAME = 100;

/** The name of a field for an error: senders choose names, and an answer repeats none of any length. */
export const shownName = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;

/**
 * Measures an input before a schema judges it: schemas collect an issue for each element of an array, and each unknown
 * key of an object, before they look at how many there are.
 * @returns what is over its bound; null if nothing is
 */
export function findExcess(input: unknown, bounds: Bounds): FieldError | null {
  let [values, text] = [0, 0];
  const find = (value: unknown, depth: number): FieldError | null => {
    values += 1;
    if (typeof value === 'string') text += value.length;
    if (values > bounds.values) return excess('tooManyValues', bounds.values);
    if (text > bounds.text) return excess('tooMuchText', bounds.text);
    if (typeof value !== 'object' || value === null) return null;
    if (depth === bounds.depth) return excess('tooDeep', bounds.depth);
    if (Array.isArray(value) && value.length > bounds.items) return excess('tooManyItems', bounds.items);
    let keys = 0;
    // Not Object.entries, which would list them all first.
    for (const key in value) {
      keys += 1;
      if (!Array.isArray(value)) text += key.length;
      if (keys > bounds.keys && !Array.isArray(value)) return excess('tooManyKeys', bounds.keys);
      const found = find((value as Record<string, unknown>)[key], depth + 1);
      if (found) return at(key, found);
    }
    return null;
  };
  return find(input, 0);
}

export const excess = (key: string, max: number): FieldError => ({
  path: '',
  message: `errors.${key}`,
  params: { max },
});

/** The place of the whole input says nothing: the bounds on all values and all text are exceeded anywhere. */
function at(key: string, found: FieldError): FieldError {
  if (found.message === 'errors.tooManyValues' || found.message === 'errors.tooMuchText') return found;
  return { ...found, path: shownName([key, found.path].filter((part) => part !== '').join('.')) };
}
