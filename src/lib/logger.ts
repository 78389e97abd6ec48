import { pino, type DestinationStream, type Logger } from 'pino';
import { requestContext } from './request-context.ts';

export type { Logger };

/** What is never written, at whatever depth of the first levels it stands. */
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

/** One JSON object a line, on standard output unless `to` says otherwise; secrets are redacted. */
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
      serializers: { err: describe },
    },
    to ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** Not the SQL nor its parameters, which Sequelize hangs at its errors: they hold what people wrote. */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { original, code } = error as { original?: { code?: string }; code?: string };
  return { type: error.name, message: error.message, code: original?.code ?? code, stack: error.stack };
}
