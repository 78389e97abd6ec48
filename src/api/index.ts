import { Router, type ErrorRequestHandler, type RequestHandler } from 'express';
import cors from 'cors';
import { HttpError, notFound } from '../lib/http-error.ts';
import { rejectInvalidUrl } from '../middleware/body.ts';
import { locale } from '../middleware/locale.ts';
import { operations } from './operations/index.ts';
import { sendProblem } from './problem.ts';
import { IGNORED_FIELDS, serve } from './serve.ts';

const EXPOSED_HEADERS = [
  'ETag',
  IGNORED_FIELDS,
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
  'X-Total-Count',
];

/**
 * The JSON API, /api/v1. Requests are authenticated by token alone: cookies are ignored, so no page of another site
 * can act on behalf of its visitor.
 * @param corsOrigins origins whose pages may call it; none by default
 */
export function api(corsOrigins: readonly string[]): Router {
  const router = Router();
  router.use(locale);
  if (corsOrigins.length > 0)
    router.use(cors({ origin: [...corsOrigins], credentials: false, exposedHeaders: EXPOSED_HEADERS, maxAge: 600 }));
  router.use(rejectInvalidUrl);
  for (const operation of operations) router[operation.method](expressPath(operation.path), ...serve(operation));
  for (const path of new Set(operations.map((operation) => operation.path)))
    router.all(expressPath(path), methodNotAllowed(path));
  router.use(() => {
    throw notFound();
  });
  router.use(handleError);
  return router;
}

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

function methodNotAllowed(path: string): RequestHandler {
  const allowed = operations.filter((operation) => operation.path === path).map(({ method }) => method.toUpperCase());
  return () => {
    throw new HttpError(405, 'errors.methodNotAllowed', { Allow: allowed.join(', ') });
  };
}

const handleError: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) next(error);
  else sendProblem(error, req, res);
};
