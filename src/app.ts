import path from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import type { Sequelize } from 'sequelize';
import { docs } from './api/docs.ts';
import { api } from './api/index.ts';
import { projectDir, type Settings } from './config/env.ts';
import { healthz, readyz } from './controllers/health.ts';
import { HttpError } from './lib/http-error.ts';
import type { Logger } from './lib/logger.ts';
import { authenticate } from './middleware/authenticate.ts';
import { formFields, parseBody, rejectInvalidUrl } from './middleware/body.ts';
import { errorHandler, pageNotFound } from './middleware/error-handler.ts';
import { flash } from './middleware/flash.ts';
import { locale } from './middleware/locale.ts';
import { pageLocals } from './middleware/page-locals.ts';
import { setRequestContext, requestLog } from './middleware/request-log.ts';
import { sameOrigin } from './middleware/same-origin.ts';
import { noStore, securityHeaders } from './middleware/security-headers.ts';
import { createSession } from './middleware/session.ts';
import { restoreUnsentForm } from './middleware/unsent-form.ts';
import { routes } from './routes/index.ts';

declare global {
  namespace Express {
    interface Locals {
      /** `app.locals` only; not enumerable, and so hidden from views. */
      settings: Settings;
      /** `app.locals` only: socket handshakes use it too. */
      session: RequestHandler;
    }
  }
}

export interface AppParts {
  settings: Settings;
  sequelize: Sequelize;
  log: Logger;
  /** False until the database is reached and migrated; requests get 503 meanwhile. */
  ready?: () => boolean;
}

/** The HTTP application, with middleware in request order. Starts and connects nothing. */
export function createApp({ settings, sequelize, log, ready = () => true }: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  // Pages are personal and not cached, so computing ETags would be wasted.
  app.disable('etag');
  app.set('trust proxy', settings.trustProxy);
  app.set('views', path.join(projectDir, 'views'));
  app.set('view engine', 'pug');
  app.set('view cache', !settings.development);
  const session = createSession(settings);
  // Views see every enumerable property of app.locals.
  Object.defineProperties(app.locals, {
    settings: { value: settings, enumerable: false },
    session: { value: session, enumerable: false },
  });

  app.use(requestLog(log, settings.trustProxy));
  app.use(setRequestContext);
  app.use(securityHeaders({ https: settings.https }));
  app.use(
    '/assets',
    express.static(path.join(projectDir, 'public/assets'), {
      immutable: true,
      maxAge: '1y',
      index: false,
      redirect: false,
    }),
  );
  app.use(express.static(path.join(projectDir, 'public'), { maxAge: '1h', index: false, redirect: false }));
  app.get('/healthz', healthz);
  app.get('/readyz', readyz(sequelize, ready));
  app.use(noStore);
  app.use(requireReady(ready));
  app.use('/api', docs());
  app.use('/api/v1', api(settings.apiCorsOrigins));
  app.use(sameOrigin);
  app.use(session);
  app.use(rejectInvalidUrl, parseBody, formFields);
  app.use(locale);
  app.use(authenticate);
  app.use(flash);
  app.use(pageLocals);
  app.use(restoreUnsentForm);
  app.use(routes());
  app.use(pageNotFound);
  app.use(errorHandler);
  return app;
}

function requireReady(ready: () => boolean): RequestHandler {
  return (_req, _res, next) => {
    if (!ready()) throw new HttpError(503, 'errors.unavailable', { 'Retry-After': '2' });
    next();
  };
}
