import { z } from 'zod';
import { NotFoundError } from './errors.ts';

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
