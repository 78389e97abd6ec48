import type { Request, Response } from 'express';
import type { HttpError } from '../lib/http-error.ts';
import { ValidationError } from '../lib/errors.ts';
import { attachError, toHttpError } from '../middleware/to-http-error.ts';

export interface ProblemKind {
  code: number;
  status: number;
  /** What happened and what to do, for the documentation. */
  meaning: string;
}

/** Every kind of error that a program may meet: the documentation shows this table, and answers carry `code`. */
export const problemKinds = {
  internal: {
    code: 100,
    status: 500,
    meaning: 'The error is ours, and it is logged under requestId. Try again later.',
  },
  validation: { code: 101, status: 422, meaning: 'What was sent cannot be used: errors says which field and why.' },
  unauthenticated: {
    code: 102,
    status: 401,
    meaning: 'There is no token, or it has ended. Get one by POST /api/v1/login or in the settings.',
  },
  forbidden: {
    code: 103,
    status: 403,
    meaning: 'The token may not do that: it needs another scope, or the person has not the right.',
  },
  notFound: { code: 104, status: 404, meaning: 'There is no such thing, or it is not yours.' },
  malformed: {
    code: 105,
    status: 400,
    meaning: 'The request cannot be read: errors says which parameter, or the body is no JSON.',
  },
  conflict: { code: 106, status: 409, meaning: 'It does not fit what is stored. Read it again and decide.' },
  preconditionFailed: {
    code: 107,
    status: 412,
    meaning: 'It has changed since the revision in If-Match. Read it again and decide.',
  },
  tooLarge: { code: 108, status: 413, meaning: 'The body is larger than what is taken at once. Send less.' },
  unsupportedMediaType: {
    code: 109,
    status: 415,
    meaning: 'The body is of a kind that is not read here. Send application/json.',
  },
  tooMany: { code: 110, status: 429, meaning: 'Too many requests. Wait as many seconds as Retry-After says.' },
  unavailable: {
    code: 111,
    status: 503,
    meaning: 'The database cannot be reached now. Wait as many seconds as Retry-After says.',
  },
  idempotencyMismatch: {
    code: 112,
    status: 422,
    meaning: 'This Idempotency-Key was used for another request. Choose a new key.',
  },
  methodNotAllowed: {
    code: 113,
    status: 405,
    meaning: 'There is something at this address, but not with this method: Allow names those that there are.',
  },
} satisfies Record<string, ProblemKind>;

export type ProblemName = keyof typeof problemKinds;

/** `application/problem+json` of RFC 9457, never with a stack. What is our error stands in the request's log line. */
export function sendProblem(error: unknown, req: Request, res: Response): void {
  const answer = toHttpError(error);
  attachError(error, answer, res);
  const { t } = res.locals;
  const errors =
    error instanceof ValidationError
      ? error.errors.map(({ path, message, params }) => ({ path, message: t(message, params) }))
      : undefined;
  res
    .status(answer.status)
    .set({ 'Cache-Control': 'no-store', ...answer.headers })
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: t(answer.key),
        status: answer.status,
        code: kindOf(answer).code,
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
