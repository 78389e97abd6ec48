import { createRequire } from 'node:module';
import path from 'node:path';
import cors from 'cors';
import express, { Router, type ErrorRequestHandler } from 'express';
import { HttpError } from '../lib/http-error.ts';
import { locale } from '../middleware/locale.ts';
import { sendProblem } from './problem.ts';

const clients = path.join(
  path.dirname(createRequire(import.meta.url).resolve('socket.io/package.json')),
  'client-dist',
);

/**
 * Plain requests under /socket.io: the client for other pages, and an explanation for clients that try to poll, which
 * is the default of socket.io's. Websockets never come here.
 * @param corsOrigins origins whose pages may read the explanation
 */
export function socketIo(corsOrigins: readonly string[]): Router {
  const router = Router();
  for (const name of ['socket.io.js', 'socket.io.min.js', 'socket.io.esm.min.js'])
    router.use(
      `/${name}`,
      express.static(path.join(clients, name), {
        maxAge: '1h',
        index: false,
        redirect: false,
        setHeaders: (res) => {
          res.set({ 'Cross-Origin-Resource-Policy': 'cross-origin', 'Cache-Control': 'public, max-age=3600' });
        },
      }),
    );
  router.use(cors({ origin: [...corsOrigins], credentials: false }), locale, () => {
    throw new HttpError(400, 'errors.websocketOnly');
  });
  router.use(handleError);
  return router;
}

const handleError: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) next(error);
  else sendProblem(error, req, res);
};
