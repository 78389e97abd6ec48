import { isBadValue, isTooBusy, isUnreachable } from '../database/errors.ts';
import {
  ConflictError,
  DomainError,
  ExpiredError,
  ForbiddenError,
  KeyReuseError,
  NotFoundError,
  RateLimitError,
  StaleRevisionError,
  UnauthorizedError,
} from '../lib/errors.ts';
import { HttpError, tooManyRequests } from '../lib/http-error.ts';
import { ValidationError } from '../lib/validation-error.ts';

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
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof RateLimitError) return tooManyRequests(error.retryAfterSeconds);
  if (error instanceof DomainError) return new HttpError(statusOf(error), error.key);
  if (error instanceof ValidationError)
    return new HttpError(error.status, error.errors[0]?.message ?? 'errors.invalid');
  if (isUnreachable(error) || isTooBusy(error)) return new HttpError(503, 'errors.unavailable', RETRY_AFTER);
  if (isBadValue(error)) return new HttpError(400, 'errors.badRequest');
  const { status } = error as { status?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new HttpError(status, KEYS[status] ?? 'errors.badRequest');
  return new HttpError(500, 'errors.internal');
}

/** By class; the first that fits, subclasses before their base. */
const STATUSES: [typeof DomainError | typeof NotFoundError, number][] = [
  [NotFoundError, 404],
  [ForbiddenError, 403],
  [UnauthorizedError, 401],
  [ExpiredError, 410],
  [StaleRevisionError, 412],
  [KeyReuseError, 422],
  [ConflictError, 409],
];

const statusOf = (error: DomainError): number => STATUSES.find(([type]) => error instanceof type)?.[1] ?? 400;
