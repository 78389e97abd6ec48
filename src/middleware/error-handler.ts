import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { sendProblem } from '../api/problem.ts';
import { notFound, type HttpError } from '../lib/http-error.ts';
import { attachError, toHttpError } from './to-http-error.ts';
import { locale } from './locale.ts';
import { pageLocals } from './page-locals.ts';

const FILE_HEADERS = ['Content-Type', 'ETag', 'Last-Modified', 'Accept-Ranges', 'Content-Range'];

/** After all routes. */
export const pageNotFound: RequestHandler = () => {
  throw notFound();
};

/**
 * Maps any thrown value to a response with the request's id and never a stack: a page for people,
 * `application/problem+json` (RFC 9457) for programs. Unexpected errors are in the request's log line.
 */
export const errorHandler: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const answer = toHttpError(error);
  attachError(error, answer, res);
  if (res.headersSent) {
    next(error);
    return;
  }
  fillLocals(req, res);
  // Set already when sending a file failed midway.
  for (const name of FILE_HEADERS) res.removeHeader(name);
  res.status(answer.status).set({ 'Cache-Control': 'no-store', ...answer.headers });
  if (wantsJson(req)) sendProblem(error, req, res);
  else sendPage(answer, req, res);
};

/** A request may fail before the middleware that sets them; both middlewares are safe to run here. */
function fillLocals(req: Request, res: Response): void {
  const { t, asset } = res.locals as Partial<Express.Locals>;
  if (!t) locale(req, res, () => undefined);
  if (!asset) pageLocals(req, res, () => undefined);
}

/** Whether a request asks for JSON rather than for a page. */
export function wantsJson(req: Request): boolean {
  return (
    req.path.startsWith('/api/') ||
    req.accepts(['html', 'json']) === 'json' ||
    (Boolean(req.is('json')) && !req.get('accept')?.includes('html'))
  );
}

function sendPage({ status, key }: HttpError, req: Request, res: Response): void {
  const message = res.locals.t(key);
  const requestId = req.id as string;
  res.render('errors/error', { status, message, requestId }, (error: unknown, html: string | undefined) => {
    if (html) {
      res.send(html);
      return;
    }
    res.err ??= error instanceof Error ? error : new Error('failed to render errors/error');
    res.type('text').send(`${String(status)} ${message}\n${requestId}\n`);
  });
}
