import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { pinoHttp, type HttpLogger } from 'pino-http';
import type { Logger } from '../lib/logger.ts';
import { requestContext } from '../lib/request-context.ts';

/** OperationContext so often, by machines, that their lines would bury the others. */
const QUIET = /^\/(healthz|readyz|assets\/)/;
/** Paths whose last part opens something. */
const SECRET_PATH = /^(\/(?:invitations|password-resets|settings\/email)\/)(?!new$).+/;
const REQUEST_ID = /^[\w-]{8,64}$/;

/**
 * One line for each request, with the id that the answer carries as `X-Request-Id`; a proxy's own id is kept.
 * Paths are logged without their query, which may hold what people search for.
 */
export function requestLog(log: Logger, trustProxy: number): HttpLogger {
  return pinoHttp({
    logger: log,
    genReqId(req, res) {
      const given = trustProxy > 0 ? req.headers['x-request-id'] : undefined;
      const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
      res.setHeader('X-Request-Id', id);
      return id;
    },
    wrapSerializers: false,
    serializers: {
      req: (req: IncomingMessage & { id: string; originalUrl?: string; ip?: string }) => ({
        id: req.id,
        method: req.method,
        path: pathOf(req),
        address: req.ip,
      }),
      res: (res: ServerResponse) => ({ status: res.statusCode }),
    },
    customLogLevel: (req, res, error) => {
      if (error ?? res.statusCode >= 500) return 'error';
      return QUIET.test(pathOf(req)) ? 'debug' : 'info';
    },
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request',
    customAttributeKeys: { responseTime: 'ms' },
  });
}

/** Lets whatever the request's work writes down carry its id and address: lines of the log, entries of the audit. After requestLog. */
export function nameRequest(req: Request, _res: Response, next: NextFunction): void {
  requestContext.run({ requestId: req.id as string, address: req.ip ?? null }, next);
}

function pathOf(req: IncomingMessage & { originalUrl?: string }): string {
  const [path = ''] = (req.originalUrl ?? req.url ?? '').split('?', 1);
  return path.replace(SECRET_PATH, '$1…');
}
