import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { sendProblem } from '../api/problem.ts';
import { notFound, type HttpError } from '../lib/http-error.ts';
import { toHttpError } from './to-http-error.ts';
import { locale } from './locale.ts';
import { pageLocals } from './page-locals.ts';

const OF_A_FILE = ['Content-Type', 'ETag', 'Last-Modified', 'Accept-Ranges', 'Content-Range'];

/** No route took the request. */
export const noSuchPage: RequestHandler = () => {
  throw notFound();
};

/**
 * Maps whatever was thrown to an answer: a page for people, `application/problem+json` (RFC 9457) for
 * programs, with the id of the request and never a stack. What is our error stands in the request's log line.
 */
export const errorHandler: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const answer = toHttpError(error);
  if (answer.status >= 500) res.err = error instanceof Error ? error : new Error(String(error));
  if (res.headersSent) {
    next(error);
    return;
  }
  fillLocals(req, res);
  // A file that is refused half-way has said already what it is and how long to keep it.
  for (const name of OF_A_FILE) res.removeHeader(name);
  res.status(answer.status).set({ 'Cache-Control': 'no-store', ...answer.headers });
  if (wantsJson(req)) sendProblem(error, req, res);
  else sendPage(answer, req, res);
};

/** A request may fail before the middleware that fills them; neither reads anything that could fail too. */
function fillLocals(req: Request, res: Response): void {
  const { t, asset } = res.locals as Partial<Express.Locals>;
  if (!t) locale(req, res, () => undefined);
  if (!asset) pageLocals(req, res, () => undefined);
}

function wantsJson(req: Request): boolean {
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
    res.err ??= error instanceof Error ? error : new Error('errors/error was not rendered');
    res.type('text').send(`${String(status)} ${message}\n${requestId}\n`);
  });
}
