/**
 * Classifies errors of `pg`, Sequelize and the system.
 * SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

/** Besides class 08: unavailable for now, and 25006 of a server that is no longer the primary. */
const UNAVAILABLE = new Set([
  '25006',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
]);
/** lock_not_available and query_canceled, by our own timeouts; deadlocks after three attempts. */
const TOO_BUSY = new Set(['55P03', '57014', '25P03', '40P01', '40001']);
const CUT = new RegExp(
  [
    'connection terminated',
    'query read timeout',
    'timeout expired',
    'connection timed out',
    'ConnectionManager\\.getConnection was called after',
    'server closed the connection',
    'not queryable',
  ].join('|'),
  'i',
);

/** The server is unreachable, starting, stopping or full. Trying again later may help. */
export function isUnreachable(error: unknown): boolean {
  const { code, names, message } = innermost(error);
  return (
    UNAVAILABLE.has(code) ||
    code.startsWith('08') ||
    names.includes('SequelizeConnectionAcquireTimeoutError') ||
    CUT.test(message)
  );
}

/** The statement was given up because of the locks of others. */
export function isTooBusy(error: unknown): boolean {
  return TOO_BUSY.has(innermost(error).code);
}

/** A value does not fit its type (class 22). */
export function isBadValue(error: unknown): boolean {
  return innermost(error).code.startsWith('22');
}

/** The SQLSTATE or the system's error code; '' without one. */
export function errorCode(error: unknown): string {
  return innermost(error).code;
}

function innermost(error: unknown): { code: string; names: string[]; message: string } {
  if (!(error instanceof Error)) return { code: '', names: [], message: '' };
  // umzug sets the error of a migration as `cause`, Sequelize that of pg as `original`, Node those of several addresses
  // as `errors`.
  const { original, cause, errors, code } = error as {
    original?: unknown;
    cause?: unknown;
    errors?: unknown[];
    code?: unknown;
  };
  const inner = [original, cause, errors?.[0]].find((one) => one instanceof Error);
  if (inner && typeof code !== 'string') {
    const within = innermost(inner);
    return { ...within, names: [error.name, ...within.names] };
  }
  return { code: typeof code === 'string' ? code : '', names: [error.name], message: error.message };
}
