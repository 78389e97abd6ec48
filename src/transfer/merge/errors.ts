import { ValidationError, type FieldError } from '../../lib/errors.ts';

/** Nobody mends ten thousand docs from one answer. */
const MOST = 100;

/** @throws ValidationError where there are any */
export function refuse(errors: FieldError[]): void {
  if (errors.length > 0) throw new ValidationError(...errors.slice(0, MOST));
}
