import { z } from 'zod';
import { ValidationError, type FieldError, NotFoundError } from './errors.ts';

/**
 * Parses input by an allow-list schema. The schemas' messages are translation keys; zod's own messages become
 * `errors.invalid`.
 * @throws ValidationError with an error for each field
 */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const invalid = Object.entries(input ?? {}).filter(([, value]) => isInvalidText(value));
  if (invalid.length > 0)
    throw new ValidationError(...invalid.map(([path]) => ({ path, message: 'errors.textBroken' })));
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  throw new ValidationError(...result.error.issues.flatMap(fieldErrorsOf));
}

function fieldErrorsOf(issue: z.core.$ZodIssue): FieldError[] {
  const { message, path } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key].map(String).join('.'), message: 'errors.fieldUnknown' }));
  const key = message.startsWith('errors.') ? message : 'errors.invalid';
  const params: Record<string, number> = {};
  if ('maximum' in issue) params.max = Number(issue.maximum);
  if ('minimum' in issue) params.min = Number(issue.minimum);
  return [{ path: path.map(String).join('.'), message: key, params }];
}

const INVALID = /[\0\p{Surrogate}]/u;
/** No input is nested deeper; a limit keeps hostile input from exhausting the stack. */
const MAX_DEPTH = 20;

/**
 * Whether a value contains text that PostgreSQL cannot store: NUL, or half of a surrogate pair. Browsers send neither.
 * Looks into objects and arrays.
 */
export function isInvalidText(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return INVALID.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return (
    depth > MAX_DEPTH ||
    Object.entries(value).some(([key, inner]) => isInvalidText(key) || isInvalidText(inner, depth + 1))
  );
}

const LARGEST = 2 ** 31 - 1;

/** A row's id in forms and queries. */
export const recordId = z
  .string('errors.invalid')
  .regex(/^[1-9]\d{0,9}$/, 'errors.invalid')
  .transform(Number)
  .refine((id) => id <= LARGEST, 'errors.invalid');

/** A row's id in a path. @throws NotFoundError if it is not an id */
export function idInPath(text: unknown): number {
  const id = recordId.safeParse(text);
  if (!id.success) throw new NotFoundError();
  return id.data;
}
