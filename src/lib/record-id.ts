import { z } from 'zod';
import { NotFoundError } from './errors.ts';

const LARGEST = 2 ** 31 - 1;

/** The id of a row as forms and queries send it. */
export const recordId = z
  .string('errors.invalid')
  .regex(/^[1-9]\d{0,9}$/, 'errors.invalid')
  .transform(Number)
  .refine((id) => id <= LARGEST, 'errors.invalid');

/** The id in a URL. @throws NotFoundError where it is no id at all: there is no such page */
export function idInPath(text: unknown): number {
  const id = recordId.safeParse(text);
  if (!id.success) throw new NotFoundError();
  return id.data;
}
