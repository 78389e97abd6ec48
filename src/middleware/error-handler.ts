import { promisify } from 'node:util';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { sendProblem } from '../api/problem.ts';
import { notFound, type HttpError } from '../lib/http-error.ts';
import { fillSidebar } from './load-sidebar.ts';
import { TrashedTaskError } from './load-task.ts';
import { attachError, toHttpError } from './to-http-error.ts';
import { signInPage, textIn } from './shown-once.ts';
import { locale } from './locale.ts';
import { pageLocals, wantsJson } from './page-locals.ts';

const FILE_HEADERS = ['Content-Type', 'ETag', 'Last-Modified', 'Accept-Ranges', 'Content-Range'];

/** After all routes. */
export const pageNotFound: RequestHandler = () => {
  throw notFound();
};

/**
 * Maps any thrown value to a response with the request's id and never a stack: a page for people,
 * `application/problem+json` (RFC 9457) for programs. Unexpected errors are in the request's log line.
 */
export const errorHandler: ErrorRequestHandler = async (error: unknown, req, res, _next) => {
  const answer = toHttpError(error);
  attachError(error, answer, res);
  if (res.headersSent) {
    // Cut short, so that nobody takes a part for the whole.
    if (!res.writableEnded) res.destroy();
    return;
  }
  fillLocals(req, res);
  // Set already when sending a file failed midway.
  for (const name of FILE_HEADERS) res.removeHeader(name);
  res.status(answer.status).set({ 'Cache-Control': 'no-store', ...answer.headers });
  if (wantsJson(req)) sendProblem(error, req, res, { forPage: true });
  else await sendPage(error, answer, req, res);
};

/** A request may fail before the middleware that sets them; both middlewares are safe to run here. */
function fillLocals(req: Request, res: Response): void {
  const { t, asset } = res.locals as Partial<Express.Locals>;
  if (!t) locale(req, res, () => undefined);
  if (!asset) pageLocals(req, res, () => undefined);
}

async function sendPage(error: unknown, { status, key }: HttpError, req: Request, res: Response): Promise<void> {
  const message = res.locals.t(key);
  const requestId = req.id as string;
  const render = promisify<string, object, string>((view, locals, done) => {
    res.render(view, locals, done);
  });
  try {
    const [view, locals] = status === 401 ? signInPage(req, res) : await errorPage(error, status, res);
    res.send(await render(view, { status, message, requestId, ...locals }));
  } catch (failure) {
    res.err ??= failure instanceof Error ? failure : new Error('failed to render an error page');
    res.type('text').send(`${String(status)} ${message}\n${requestId}\n`);
  }
}

/**
 * Signed-in people keep their navigation, unless the error may be the database's, or they ask too much: a refusal must
 * cost less than what is refused.
 */
async function errorPage(error: unknown, status: number, res: Response): Promise<[view: string, locals: object]> {
  if (!res.locals.viewer || status >= 500 || status === 429) return ['errors/error', {}];
  try {
    await fillSidebar(res);
  } catch {
    return ['errors/error', {}];
  }
  if (!(error instanceof TrashedTaskError)) return ['errors/signed-in', {}];
  return ['errors/trashed', { task: error.task, typed: res.req.method === 'PATCH' ? textIn(res.req.body) : null }];
}
