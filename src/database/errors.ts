/**
 * What went wrong between this process and PostgreSQL, told from the errors of `pg`, Sequelize and the system.
 * SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

/** Connection exceptions are class 08; these are the rest of "not now", with what a server says that is not the first any more. */
const NOT_NOW = new Set([
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
/** lock_not_available and query_canceled, by our own timeouts; deadlocks that three attempts did not solve. */
const TOO_BUSY = new Set(['55P03', '57014', '25P03', '40P01', '40001']);
const CUT =
  /connection terminated|query read timeout|timeout expired|connection timed out|ConnectionManager\.getConnection was called after|server closed the connection|not queryable/i;

/** The server cannot be reached, or is starting, stopping or full. Trying again later may help. */
export function isUnreachable(error: unknown): boolean {
  const { code, names, message } = innermost(error);
  return (
    NOT_NOW.has(code) ||
    code.startsWith('08') ||
    names.includes('SequelizeConnectionAcquireTimeoutError') ||
    CUT.test(message)
  );
}

/** The server gave up on this statement because others hold what it needs. */
export function isTooBusy(error: unknown): boolean {
  return TOO_BUSY.has(innermost(error).code);
}

/** The server met a value that its type cannot hold (class 22). */
export function isBadValue(error: unknown): boolean {
  return innermost(error).code.startsWith('22');
}

/** The SQLSTATE or the system's error code; '' without one. */
export function errorCode(error: unknown): string {
  return innermost(error).code;
}

function innermost(error: unknown): { code: string; names: string[]; message: string } {
  if (!(error instanceof Error)) return { code: '', names: [], message: '' };
  // umzug hangs the error of a migration at `cause`, Sequelize that of pg at `original`, Node those of several addresses at `errors`.
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
