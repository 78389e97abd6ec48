import type { Request, Response } from 'express';
import type { HttpError } from '../lib/http-error.ts';
import { ValidationError } from '../lib/errors.ts';
import { attachError, toHttpError } from '../middleware/to-http-error.ts';

export interface ProblemKind {
  code: number;
  status: number;
  /** For the documentation. */
  meaning: string;
}

/** Every kind of error of the API; the documentation shows this table. */
export const problemKinds = {
  internal: {
    code: 100,
    status: 500,
    meaning: 'Unexpected error. It is logged under `requestId`; try again later.',
  },
  validation: { code: 101, status: 422, meaning: 'Validation failed. See `errors` for the fields and reasons.' },
  unauthenticated: {
    code: 102,
    status: 401,
    meaning: 'Missing, expired or revoked token. Create one with `POST /api/v1/login` or in the settings.',
  },
  forbidden: {
    code: 103,
    status: 403,
    meaning: 'Not allowed: the token lacks the scope, or the account lacks the permission.',
  },
  notFound: { code: 104, status: 404, meaning: 'Not found, or not visible to you.' },
  malformed: {
    code: 105,
    status: 400,
    meaning: 'Malformed request. See `errors` for the parameters; without them, the body is not valid JSON.',
  },
  conflict: { code: 106, status: 409, meaning: 'Conflict with the current state. Read the record again.' },
  preconditionFailed: {
    code: 107,
    status: 412,
    meaning: 'The record has changed since the revision in `If-Match`. Read it again.',
  },
  tooLarge: { code: 108, status: 413, meaning: 'Request body too large.' },
  unsupportedMediaType: {
    code: 109,
    status: 415,
    meaning: 'Unsupported media type. Send one that the operation accepts, usually `application/json`, uncompressed.',
  },
  tooMany: { code: 110, status: 429, meaning: 'Too many requests. Wait for the seconds in `Retry-After`.' },
  unavailable: {
    code: 111,
    status: 503,
    meaning: 'The database is unavailable. Wait for the seconds in `Retry-After`.',
  },
  idempotencyMismatch: {
    code: 112,
    status: 422,
    meaning: 'This `Idempotency-Key` was used for a different request. Use a new key.',
  },
  expired: { code: 114, status: 410, meaning: 'It was valid once: it was used, was revoked or has expired.' },
  methodNotAllowed: { code: 113, status: 405, meaning: 'Method not allowed; see `Allow`.' },
} satisfies Record<string, ProblemKind>;

export type ProblemName = keyof typeof problemKinds;

/** Sends `application/problem+json` (RFC 9457), never with a stack; server errors go to the log line of the request. */
export function sendProblem(error: unknown, req: Request, res: Response): void {
  const httpError = toHttpError(error);
  attachError(error, httpError, res);
  const { t } = res.locals;
  const errors =
    error instanceof ValidationError
      ? error.errors.map(({ path, message, params }) => ({ path, message: t(message, params) }))
      : undefined;
  res
    .status(httpError.status)
    .set({ 'Cache-Control': 'no-store', ...httpError.headers })
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: t(httpError.key),
        status: httpError.status,
        code: kindOf(httpError).code,
        errors,
        requestId: req.id,
      }),
    );
}

function kindOf({ status, key }: HttpError): ProblemKind {
  if (key === 'errors.idempotencyOther') return problemKinds.idempotencyMismatch;
  return (
    Object.values(problemKinds).find((kind) => kind.status === status) ??
    (status < 500 ? problemKinds.malformed : problemKinds.internal)
  );
}
