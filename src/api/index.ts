import { Router, type ErrorRequestHandler, type RequestHandler } from 'express';
import cors from 'cors';
import { HttpError, notFound } from '../lib/http-error.ts';
import { rejectInvalidUrl } from '../middleware/body.ts';
import { locale } from '../middleware/locale.ts';
import { operations } from './operations/index.ts';
import { sendProblem } from './problem.ts';
import { serve } from './serve.ts';

const READABLE = [
  'ETag',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
  'X-Total-Count',
];

/**
 * The face for programs, /api/v1. It knows who asks by the token alone: no cookie is read, so nothing that a
 * browser does by itself can act in anybody's name.
 * @param corsOrigins pages of these origins may call it; none unless they are set
 */
export function api(corsOrigins: readonly string[]): Router {
  const router = Router();
  router.use(locale);
  if (corsOrigins.length > 0)
    router.use(cors({ origin: [...corsOrigins], credentials: false, exposedHeaders: READABLE, maxAge: 600 }));
  router.use(rejectInvalidUrl);
  for (const operation of operations) router[operation.method](routePath(operation.path), ...serve(operation));
  for (const path of new Set(operations.map((operation) => operation.path)))
    router.all(routePath(path), refuseMethod(path));
  router.use(() => {
    throw notFound();
  });
  router.use(answerError);
  return router;
}

const routePath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

function refuseMethod(path: string): RequestHandler {
  const allowed = operations.filter((operation) => operation.path === path).map(({ method }) => method.toUpperCase());
  return () => {
    throw new HttpError(405, 'errors.methodNotAllowed', { Allow: allowed.join(', ') });
  };
}

const answerError: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) next(error);
  else sendProblem(error, req, res);
};
