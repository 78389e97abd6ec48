import { isBadValue, isTooBusy, isUnreachable } from '../database/errors.ts';
import { HttpError } from './http-error.ts';
import { InvalidInput } from './validation-error.ts';

/** Seconds after which who met a database away may try again. */
const RETRY_AFTER = { 'Retry-After': '5' };

/** By the status that Express and its parsers give to what they refuse. */
const KEYS: Record<number, string> = {
  403: 'errors.forbidden',
  404: 'errors.notFound',
  413: 'errors.tooLarge',
  415: 'errors.unsupported',
};

/** The answer to whatever was thrown; what nobody foresaw is a 500. */
export function toHttpError(fault: unknown): HttpError {
  if (fault instanceof HttpError) return fault;
  if (fault instanceof InvalidInput) return new HttpError(fault.status, fault.faults[0]?.message ?? 'errors.invalid');
  if (isUnreachable(fault) || isTooBusy(fault)) return new HttpError(503, 'errors.unavailable', RETRY_AFTER);
  if (isBadValue(fault)) return new HttpError(400, 'errors.badRequest');
  const { status } = fault as { status?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new HttpError(status, KEYS[status] ?? 'errors.badRequest');
  return new HttpError(500, 'errors.internal');
}
