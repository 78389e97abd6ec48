/**
 * Classifies errors of `pg`, Sequelize and the system.
 * SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

import { ValidationError, type FieldError } from '../lib/errors.ts';
import { limits } from '../shared/limits.ts';

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

/** What the server or the system says, for the operator: an error of several addresses has no message of its own. */
export function errorReason(error: unknown): string {
  const { code, message } = innermost(error);
  return message || code || String(error);
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

/**
 * By the name of a constraint or unique index in PostgreSQL that a person can violate: the field error to report, or a
 * function that makes the error to throw.
 */
export type ConstraintErrors = Readonly<Record<string, FieldError | (() => Error)>>;

/** By the constraint that `limit_rows` names: every unit of work reports it, whatever statement adds the rows. */
const rowLimits: ConstraintErrors = {
  categories_list_id_limit: { path: '', message: 'errors.tooManyCategories', params: { max: limits.categories } },
  memberships_user_id_limit: { path: '', message: 'errors.tooManyTeams', params: { max: limits.teams } },
  memberships_team_id_limit: { path: '', message: 'errors.tooManyMembers', params: { max: limits.members } },
  api_tokens_user_id_limit: { path: '', message: 'errors.tooManyTokens', params: { max: limits.tokens } },
  invitations_team_id_limit: { path: '', message: 'errors.tooManyInvitations', params: { max: limits.invitations } },
};

/** @returns what to say where an owner would have too many rows; any other error as it is */
export const translateRowLimit = (error: unknown): unknown => translateDatabaseError(error, rowLimits);

/** Runs `work`, and reports the violation of one of these constraints as what the person did wrong. */
export async function translateDatabaseErrors<T>(work: () => Promise<T>, byConstraint: ConstraintErrors): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateDatabaseError(error, byConstraint);
  }
}

/** @returns the error to throw instead; any other error as it is */
export function translateDatabaseError(error: unknown, byConstraint: ConstraintErrors): unknown {
  const translation = byConstraint[violatedConstraint(error) ?? ''];
  if (!translation) return error;
  return typeof translation === 'function' ? translation() : new ValidationError(translation);
}

/** The constraint that a statement violated, by its name in PostgreSQL; undefined for any other error. */
export function violatedConstraint(error: unknown): string | undefined {
  // pg names it, whether a constraint or a trigger raised it; Sequelize keeps pg's error as `parent`, and by itself
  // knows no names that triggers raise.
  const { constraint, parent } = (error ?? {}) as { constraint?: unknown; parent?: { constraint?: unknown } };
  return [parent?.constraint, constraint].find((name) => typeof name === 'string');
}
