import type { Request, Response } from 'express';
import type { HttpError } from '../lib/http-error.ts';
import { InvalidQueryError, ValidationError, type FieldError } from '../lib/errors.ts';
import { translations } from '../locales/index.ts';
import { ownOrigin } from '../middleware/security.ts';
import type { Translate } from '../shared/translations.ts';
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

/** Messages of forms that a program needs otherwise: their rules. */
const RULES: Record<string, string> = {
  'errors.categoryNameMissing': 'blank',
  'errors.dateInvalid': 'date',
  'errors.descriptionMissing': 'blank',
  'errors.emailMissing': 'blank',
  'errors.fieldUnknown': 'fieldUnknown',
  'errors.invalid': 'invalid',
  'errors.nameMissing': 'blank',
  'errors.passwordMissing': 'blank',
  'errors.teamNameMissing': 'blank',
  'errors.teamNameRepeat': 'nameOfTeam',
  'errors.timeInvalid': 'time',
};

/**
 * Sends `application/problem+json` (RFC 9457), never with a stack; server errors go to the log line of the request.
 * @param forPage to the script of a page, which shows the messages of its forms
 */
export function sendProblem(error: unknown, req: Request, res: Response, { forPage = false } = {}): void {
  const httpError = toHttpError(error);
  attachError(error, httpError, res);
  const { t } = res.locals;
  const [name, { code }] = kindOf(httpError);
  const errors =
    error instanceof ValidationError ? error.errors.map((one) => presentError(one, error, t, forPage)) : [];
  res
    .status(httpError.status)
    .set({ 'Cache-Control': 'no-store', ...httpError.headers })
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `${ownOrigin(req, req.app.locals.settings)}/api/docs#${name}`,
        title: t(`api.problems.${name}`),
        status: httpError.status,
        detail: errors[0]?.message ?? t(forPage ? httpError.key : detailOf(httpError.key)),
        code,
        errors: errors.length > 0 ? errors : undefined,
        requestId: req.id,
      }),
    );
}

/** The sentence of an error about this request, in the words of the API. */
const detailOf = (key: string): string => {
  const name = key.replace('errors.', '');
  return details.has(name) ? `api.details.${name}` : key;
};
const details = new Set(Object.keys(translations.en.api.details ?? {}));

function presentError({ path, message, params, rule }: FieldError, error: Error, t: Translate, forPage: boolean) {
  if (forPage) return { path, message: t(message, params) };
  const known =
    error instanceof InvalidQueryError && message === 'errors.fieldUnknown' ? 'parameterUnknown' : RULES[message];
  const { code, params: values } = rule ?? { code: known ?? message.replace('errors.', '') };
  if (code === 'type') return { path, code, message: t(`api.types.${String(values?.type)}`) };
  return { path, code, message: rule || known ? t(`api.rules.${code}`, values) : t(message, params) };
}

function kindOf({ status, key }: HttpError): [name: ProblemName, kind: ProblemKind] {
  if (key === 'errors.idempotencyOther') return ['idempotencyMismatch', problemKinds.idempotencyMismatch];
  const kinds = Object.entries(problemKinds) as [ProblemName, ProblemKind][];
  const found = kinds.find(([, kind]) => kind.status === status);
  if (found) return found;
  return status < 500 ? ['malformed', problemKinds.malformed] : ['internal', problemKinds.internal];
}
