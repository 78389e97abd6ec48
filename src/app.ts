import path from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import type { Sequelize } from 'sequelize';
import { docs } from './api/docs.ts';
import { api } from './api/index.ts';
import { socketIo } from './api/socket-io.ts';
import { projectDir, type Settings } from './config/env.ts';
import { healthz, readyz } from './controllers/health.ts';
import { useCompiledViews } from './lib/compiled-views.ts';
import { HttpError } from './lib/http-error.ts';
import type { Logger } from './lib/logger.ts';
import { authenticate } from './middleware/authenticate.ts';
import { limitPages } from './middleware/limits.ts';
import { formFields, parseBody, rejectInvalidUrl } from './middleware/body.ts';
import { errorHandler, pageNotFound } from './middleware/error-handler.ts';
import { flash, pageLocals } from './middleware/page-locals.ts';
import { locale } from './middleware/locale.ts';
import { setRequestContext, requestLog, warnOfUntrustedProxy } from './middleware/request-log.ts';
import { sameOrigin, noStore, securityHeaders } from './middleware/security.ts';
import { createSession } from './middleware/session.ts';
import { shownOnce } from './middleware/shown-once.ts';
import { routes } from './routes/index.ts';

declare global {
  namespace Express {
    interface Locals {
      /** `app.locals` only; not enumerable, and so hidden from views. */
      settings: Settings;
      /** `app.locals` only: socket handshakes use it too. */
      session: RequestHandler;
      /** `app.locals` only. */
      ready: boolean;
    }
  }
}

export interface AppParts {
  settings: Settings;
  sequelize: Sequelize;
  log: Logger;
  /** False if the database is yet to be reached and migrated: requests get 503 until `app.locals.ready` is set. */
  ready?: boolean;
}

/** The HTTP application, with middleware in request order. Starts and connects nothing. */
export function createApp({ settings, sequelize, log, ready = true }: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  // Pages are personal and not cached, so computing ETags would be wasted.
  app.disable('etag');
  app.set('trust proxy', settings.trustProxy);
  const views = path.join(projectDir, 'views');
  app.set('views', views);
  app.set('view engine', 'pug');
  app.set('view cache', !settings.development);
  if (!settings.development) useCompiledViews(path.join(import.meta.dirname, 'views'), views);
  const session = createSession(settings);
  // Views see every enumerable property of app.locals.
  Object.defineProperties(app.locals, {
    settings: { value: settings, enumerable: false },
    session: { value: session, enumerable: false },
    ready: { value: ready, enumerable: false, writable: true },
  });

  app.use(requestLog(log, settings.trustProxy));
  app.use(setRequestContext);
  if (settings.trustProxy === 0) app.use(warnOfUntrustedProxy(log));
  app.use(securityHeaders(settings));
  app.use(
    '/assets',
    express.static(path.join(projectDir, 'public/assets'), {
      immutable: true,
      maxAge: '1y',
      index: false,
      redirect: false,
    }),
  );
  app.use(publicFiles());
  app.get('/healthz', healthz);
  app.get('/readyz', readyz(sequelize));
  app.use(noStore);
  app.use(requireReady);
  app.use('/socket.io', socketIo(settings.apiCorsOrigins));
  app.use('/api', docs());
  app.use('/api/v1', api(settings.apiCorsOrigins));
  app.use(sameOrigin);
  app.use(rejectInvalidUrl, parseBody, formFields);
  app.use(session);
  app.use(locale);
  app.use(authenticate);
  app.use(limitPages);
  app.use(flash);
  app.use(pageLocals);
  app.use(shownOnce);
  app.use(routes());
  app.use(pageNotFound);
  app.use(errorHandler);
  return app;
}

/** Pages have no ending, so the disk is not asked for each of them. */
function publicFiles(): RequestHandler {
  const serve = express.static(path.join(projectDir, 'public'), { maxAge: '1h', index: false, redirect: false });
  return (req, res, next) => {
    if (/^\/[^/]+\.\w+$/.test(req.path)) serve(req, res, next);
    else next();
  };
}

const requireReady: RequestHandler = (req, _res, next) => {
  if (!req.app.locals.ready) throw new HttpError(503, 'errors.unavailable', { 'Retry-After': '2' });
  next();
};
