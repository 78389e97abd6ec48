import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { pinoHttp, type HttpLogger } from 'pino-http';
import { type Logger, requestContext } from '../lib/logger.ts';

/** Requested so often by machines that they are logged at debug level. */
const QUIET = /^\/(healthz|readyz|assets\/)/;
/** Paths that go on with a token. */
const SECRET_PATH = /^(.*\/(?:invitations|password-resets|registrations|settings\/email)\/)(?!new$).+/i;
/** Tokens have 43 characters, and no other path but an asset's has a part as long: for addresses that are mistyped. */
const LONG_PART = /[^/]{24,}/g;
const ASSET = /^\/(assets|api\/docs|socket\.io)\//;
const REQUEST_ID = /^[\w-]{8,64}$/;

/**
 * Logs one line per request, with the id that the response carries as `X-Request-Id`; the id of a trusted proxy is
 * kept.
 * Paths are logged without their query, which may contain what people search for.
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
      req: (req: IncomingMessage & { originalUrl?: string; ip?: string }) => ({
        method: req.method,
        path: pathOf(req),
        address: req.ip,
      }),
      res: (res: ServerResponse) => ({ status: res.statusCode }),
    },
    customLogLevel: (req, res, error) => {
      if (error ?? res.err) return 'error';
      if (QUIET.test(pathOf(req))) return 'debug';
      return res.statusCode >= 500 ? 'warn' : 'info';
    },
    customSuccessMessage: () => 'request',
    customErrorMessage: (_req, res) => (res.err ? 'request failed' : 'request'),
    // The same key as of other lines, which may be written outside the request's context.
    customSuccessObject: (req, _res, value: object) => ({ requestId: req.id, ...value }),
    // pino-http makes up an error, with a stack, for every status from 500: a deliberate 503 has none.
    customErrorObject: (req, res, error, value: object) => ({
      requestId: req.id,
      ...value,
      err: res.err ?? (res.statusCode < 500 ? error : undefined),
    }),
    customAttributeKeys: { responseTime: 'ms' },
  });
}

/**
 * Warns once that everybody seems to come from the same address, whose limits they then share, because the header in
 * which a proxy says otherwise is not trusted.
 */
export function warnOfUntrustedProxy(log: Logger): RequestHandler {
  let warned = false;
  return ({ headers, socket }, _res, next) => {
    if (!warned && (headers['x-forwarded-for'] ?? headers.forwarded) !== undefined) {
      warned = true;
      log.warn(
        { address: socket.remoteAddress },
        'X-Forwarded-For is ignored, because TRUST_PROXY is 0: if a proxy sends it, everybody has its address and ' +
          'shares its limits. Set TRUST_PROXY to the number of proxies in front, such as TRUST_PROXY=1.',
      );
    }
    next();
  };
}

/** After requestLog: log lines and audit entries written during the request get its id and address. */
export function setRequestContext(req: Request, _res: Response, next: NextFunction): void {
  requestContext.run({ requestId: req.id as string, address: req.ip ?? null }, next);
}

/** Without what may be a secret, however the path is spelt. */
function pathOf(req: IncomingMessage & { originalUrl?: string }): string {
  const [path = ''] = (req.originalUrl ?? req.url ?? '').split(/[?#]/, 1);
  if (ASSET.test(path)) return path;
  const plain = decode(path).replaceAll(/[\\/]+/g, '/');
  const hidden = plain.replace(SECRET_PATH, '$1…').replaceAll(LONG_PART, '…');
  return hidden === plain ? path : hidden;
}

/** Decodes again and again, byte by byte and without errors: a secret may be encoded twice, and beside broken parts. */
function decode(path: string): string {
  const decoded = path.replaceAll(/%([2-7][\da-f])/gi, (_, byte: string) => String.fromCharCode(parseInt(byte, 16)));
  return decoded === path ? path : decode(decoded);
}
