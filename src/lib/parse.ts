import type { z } from 'zod';
import { isInvalidText } from './text-validity.ts';
import { ValidationError, type FieldError } from './errors.ts';

/**
 * Reads input by an allow-list schema. The messages of our schemas are keys of the words; zod's own stand
 * for a wrong type, which no form of ours sends.
 * @throws ValidationError with a error for each field
 */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const broken = Object.entries(input ?? {}).filter(([, value]) => isInvalidText(value));
  if (broken.length > 0) throw new ValidationError(...broken.map(([path]) => ({ path, message: 'errors.textBroken' })));
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
