import { z } from 'zod';
import { defaultBounds, findExcess, shownName, type Bounds } from './bounds.ts';
import { MAX_ERRORS, NotFoundError, ValidationError, type FieldError } from './errors.ts';
import { brokenRule } from './broken-rule.ts';
import { invalidText } from './text-validity.ts';

/**
 * Parses input by an allow-list schema, once it is known to be within its bounds. The schemas' messages are translation
 * keys; zod's own messages become `errors.invalid`.
 * @throws ValidationError with an error for each field, at most a hundred; a single one for what is over its bound
 */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  bounds: Partial<Bounds> = {},
): z.output<Schema> {
  return parseValue(schema, input ?? {}, bounds);
}

/** For input that may be anything, also null. @throws ValidationError like `parse` */
export function parseValue<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  bounds: Partial<Bounds> = {},
): z.output<Schema> {
  const excess = findExcess(input, { ...defaultBounds, ...bounds });
  if (excess) throw new ValidationError(excess);
  const invalid = Object.entries(input ?? {}).flatMap(([name, value]) => {
    const message = invalidText(name) ?? invalidText(value);
    return message ? [{ path: shownName(name), message }] : [];
  });
  if (invalid.length > 0) throw new ValidationError(invalid);
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ValidationError(fieldErrors(result.error.issues, input));
}

function fieldErrors(issues: readonly z.core.$ZodIssue[], input: unknown): FieldError[] {
  const errors: FieldError[] = [];
  for (const issue of issues) {
    const { message, path } = issue;
    if (errors.length >= MAX_ERRORS) break;
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, MAX_ERRORS - errors.length))
        errors.push({ path: pathOf([...path, key]), message: 'errors.fieldUnknown' });
      continue;
    }
    const params: Record<string, number> = {};
    if ('maximum' in issue) params.max = Number(issue.maximum);
    if ('minimum' in issue) params.min = Number(issue.minimum);
    const rule = brokenRule(issue, input);
    errors.push({
      path: pathOf(path),
      message: message.startsWith('errors.') ? message : 'errors.invalid',
      params,
      ...(rule && { rule }),
    });
  }
  return errors;
}

const pathOf = (path: readonly PropertyKey[]): string => path.map((key) => shownName(String(key))).join('.');

const LARGEST = 2 ** 31 - 1;

/** A row's id in forms and queries. */
export const recordId = z
  .string('errors.invalid')
  .refine((text) => /^[1-9]\d{0,9}$/.test(text) && Number(text) <= LARGEST, {
    error: 'errors.invalid',
    params: { rule: { code: 'id' } },
  })
  .transform(Number);

/** A row's id in a path. @throws NotFoundError if it is not an id */
export function idInPath(text: unknown): number {
  const id = recordId.safeParse(text);
  if (!id.success) throw new NotFoundError();
  return id.data;
}
