import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { isBadValue, isTooBusy, isUnreachable } from '../lib/database-fault.ts';
import { HttpError, notFound } from '../lib/http-error.ts';
import { InvalidInput } from '../lib/invalid-input.ts';
import { locale } from './locale.ts';
import { pageLocals } from './page-locals.ts';

/** Seconds after which a page that met a database away asks to be tried again. */
const RETRY_AFTER = { 'Retry-After': '5' };

const OF_A_FILE = ['Content-Type', 'ETag', 'Last-Modified', 'Accept-Ranges', 'Content-Range'];

/** By the status that Express and its parsers give to what they refuse. */
const KEYS: Record<number, string> = { 403: 'errors.forbidden', 404: 'errors.notFound', 413: 'errors.tooLarge', 415: 'errors.unsupported' };

/** No route took the request. */
export const noSuchPage: RequestHandler = () => {
  throw notFound();
};

/**
 * Maps whatever was thrown to an answer: a page for people, `application/problem+json` (RFC 9457) for
 * programs, with the id of the request and never a stack. What is our fault stands in the request's log line.
 */
export const errorHandler: ErrorRequestHandler = (fault: unknown, req, res, next) => {
  const error = toHttpError(fault);
  if (error.status >= 500) res.err = fault instanceof Error ? fault : new Error(String(fault));
  if (res.headersSent) {
    next(fault);
    return;
  }
  fillLocals(req, res);
  // A file that is refused half-way has said already what it is and how long to keep it.
  for (const name of OF_A_FILE) res.removeHeader(name);
  res.status(error.status).set({ 'Cache-Control': 'no-store', ...error.headers });
  if (wantsJson(req)) sendProblem(error, fault, req, res);
  else sendPage(error, req, res);
};

/** A request may fail before the middleware that fills them; neither reads anything that could fail too. */
function fillLocals(req: Request, res: Response): void {
  const { t, asset } = res.locals as Partial<Express.Locals>;
  if (!t) locale(req, res, () => undefined);
  if (!asset) pageLocals(req, res, () => undefined);
}

function toHttpError(fault: unknown): HttpError {
  if (fault instanceof HttpError) return fault;
  if (fault instanceof InvalidInput) return new HttpError(422, fault.faults[0]?.message ?? 'errors.invalid');
  if (isUnreachable(fault) || isTooBusy(fault)) return new HttpError(503, 'errors.unavailable', RETRY_AFTER);
  if (isBadValue(fault)) return new HttpError(400, 'errors.badRequest');
  const { status } = fault as { status?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) return new HttpError(status, KEYS[status] ?? 'errors.badRequest');
  return new HttpError(500, 'errors.internal');
}

function wantsJson(req: Request): boolean {
  return req.path.startsWith('/api/') || req.accepts(['html', 'json']) === 'json' || (Boolean(req.is('json')) && !req.get('accept')?.includes('html'));
}

function sendProblem({ status, key }: HttpError, fault: unknown, req: Request, res: Response): void {
  const errors = fault instanceof InvalidInput ? fault.faults.map(({ path, message, params }) => ({ path, message: words(res, message, params) })) : undefined;
  res.type('application/problem+json').send(JSON.stringify({ type: 'about:blank', title: words(res, key), status, errors, requestId: idOf(req) }));
}

function sendPage({ status, key }: HttpError, req: Request, res: Response): void {
  const message = words(res, key);
  const requestId = idOf(req);
  res.render('errors/error', { status, message, requestId }, (fault: unknown, html: string | undefined) => {
    if (html) {
      res.send(html);
      return;
    }
    res.err ??= fault instanceof Error ? fault : new Error('errors/error was not rendered');
    res.type('text').send(`${String(status)} ${message}\n${requestId}\n`);
  });
}

/** Given by requestLog. */
const idOf = ({ id }: Request): string => id as string;

function words(res: Response, key: string, params?: Record<string, string | number>): string {
  return res.locals.t(key, params);
}
