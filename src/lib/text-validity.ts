const BROKEN = /[\0\p{Surrogate}]/u;
/** Nothing that Taskwire takes is nested deeper, and whoever walks through input should not run out of stack. */
const DEEPEST = 20;

/**
 * Whether there is text in it that no database column can hold: NUL, which PostgreSQL has no place for, or half
 * of a surrogate pair, which is no character. No browser sends either. Objects and arrays are looked through.
 */
export function isInvalidText(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return BROKEN.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return (
    depth > DEEPEST ||
    Object.entries(value).some(([key, inner]) => isInvalidText(key) || isInvalidText(inner, depth + 1))
  );
}
