import { pino, type DestinationStream, type Logger } from 'pino';
import { AsyncLocalStorage } from 'node:async_hooks';

export type { Logger };

/** Keys that are redacted in the first three levels. */
const SECRETS = [
  'password',
  'passwordDigest',
  'currentPassword',
  'newPassword',
  'cookie',
  'authorization',
  'token',
  'secret',
  'sessionSecret',
  'setupToken',
  'databaseUrl',
  'DATABASE_URL',
  'SESSION_SECRET',
  'SETUP_TOKEN',
];

/**
 * Logs one JSON object per line with secrets redacted, and with the request's id during a request. @param to standard
 * output by default
 */
export function createLogger(level: string, to?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      mixin: () => {
        const requestId = requestContext.getStore()?.requestId;
        return requestId === undefined ? {} : { requestId };
      },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*["set-${name}"]`]),
        censor: '[redacted]',
      },
      serializers: { err: serializeError },
    },
    to ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** Leaves out SQL and parameters of Sequelize's errors, which contain what people wrote. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { original, code } = error as { original?: { code?: string }; code?: string };
  return { type: error.name, message: error.message, code: original?.code ?? code, stack: error.stack };
}

export interface RequestContext {
  requestId: string;
  /** The client's, behind the trusted proxies; null if the connection is closed. */
  address: string | null;
}

/** The current request, for log lines and audit entries. */
export const requestContext = new AsyncLocalStorage<RequestContext>();
