import type { Response } from 'express';
import { shortageOf } from '../config/startup-errors.ts';
import { isBadValue, isTooBusy, isUnreachable } from '../database/errors.ts';
import {
  AccountDisabledError,
  ConflictError,
  DomainError,
  ExpiredError,
  ForbiddenError,
  InvalidQueryError,
  KeyReuseError,
  NotFoundError,
  RateLimitError,
  StaleRevisionError,
  UnauthorizedError,
  ValidationError,
} from '../lib/errors.ts';
import { HttpError, tooManyRequests } from '../lib/http-error.ts';

/** Seconds. */
const DATABASE_RETRY_AFTER = { 'Retry-After': '5' };

/** By class; the first match counts, so subclasses stand before their base. */
const STATUSES: [new (...args: never[]) => DomainError, number][] = [
  [InvalidQueryError, 400],
  [AccountDisabledError, 401],
  [ValidationError, 422],
  [NotFoundError, 404],
  [ForbiddenError, 403],
  [UnauthorizedError, 401],
  [ExpiredError, 410],
  [StaleRevisionError, 412],
  [KeyReuseError, 422],
  [ConflictError, 409],
];

/** Messages for the errors of Express and its body parsers, by their status. */
const KEYS: Record<number, string> = {
  403: 'errors.forbidden',
  404: 'errors.notFound',
  413: 'errors.tooLarge',
  415: 'errors.unsupported',
};

/** Maps any thrown value to a response; anything unexpected is a 500. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof RateLimitError) return tooManyRequests(error.retryAfterSeconds);
  if (error instanceof DomainError) return new HttpError(statusOf(error), error.key);
  if (isUnreachable(error) || isTooBusy(error) || shortageOf(error) !== undefined)
    return new HttpError(503, 'errors.unavailable', DATABASE_RETRY_AFTER);
  if (isBadValue(error)) return new HttpError(400, 'errors.badRequest');
  const { status } = error as { status?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new HttpError(status, KEYS[status] ?? 'errors.badRequest');
  return new HttpError(500, 'errors.internal');
}

const statusOf = (error: DomainError): number => STATUSES.find(([type]) => error instanceof type)?.[1] ?? 400;

/**
 * Puts an unexpected error into the request's log line, with its stack, and a full disk or the like with its remedy. An
 * HttpError is deliberate, also a 503 while the server starts: its status alone is logged.
 */
export function attachError(error: unknown, { status }: HttpError, res: Response): void {
  if (status < 500 || error instanceof HttpError) return;
  const shortage = shortageOf(error);
  res.err =
    shortage === undefined && error instanceof Error ? error : new Error(shortage ?? String(error), { cause: error });
}
