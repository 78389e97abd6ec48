import { EmbeddedPostgresError, shortageIn } from '../embedded-postgres/errors.ts';
import { errorCode, errorReason, isUnreachable } from '../database/errors.ts';
import { WorkersError } from '../lib/cluster-primary.ts';
import { SettingsError } from './env.ts';

/** An error that retrying cannot solve; the message is one sentence with the remedy. */
export class StartupError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'StartupError';
  }
}

/** An error of `listen` with its remedy. */
export function listenError(error: NodeJS.ErrnoException, port: number, host: string | null): Error {
  const messages: Record<string, string> = {
    EADDRINUSE:
      `Port ${String(port)} is already in use: stop the other program, or set another port, such as ` +
      `PORT=${String(port + 1)}.`,
    EACCES: `No permission to listen on port ${String(port)}: set PORT to a port above 1023.`,
    EADDRNOTAVAIL: `This machine has no address ${String(host)}: set HOST to one of its addresses, or remove it.`,
    ENOTFOUND: `This machine has no address ${String(host)}: set HOST to one of its addresses, or remove it.`,
  };
  return withMessage(error, messages[error.code ?? '']);
}

/** A database error that retrying cannot solve, with its remedy where there is a known one. */
export function databaseError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = errorCode(error);
  const messages: Record<string, string> = {
    '28P01': 'The database rejected the password in DATABASE_URL: correct it.',
    '28000':
      'The database rejected the user in DATABASE_URL, or a connection without TLS: check the user and DATABASE_SSL.',
    '3D000': 'The database in DATABASE_URL does not exist: create it, or correct the name.',
    '42501':
      'The user in DATABASE_URL has no permission to create tables and extensions: grant it, for ' +
      'example by making the user the owner of the database.',
  };
  return withMessage(
    error,
    messages[code] ??
      shortageOf(error) ??
      (isTlsError(error, code) ? tlsRemedy(error) : undefined) ??
      (isUnreachable(error)
        ? `The database cannot be reached (${errorReason(error)}): start it, or correct DATABASE_URL.`
        : undefined),
  );
}

/** A full disk or too many open files, here or at the database, in one sentence with the remedy. */
export function shortageOf(error: unknown): string | undefined {
  const shortage = shortageIn(errorCode(error));
  return shortage && `Taskwire cannot go on (${errorReason(error)}): ${shortage}.`;
}

/** A file or folder that may not be read or written. */
function permissionOf(error: unknown): string | undefined {
  const { code = '', path } = error as NodeJS.ErrnoException;
  if (!['EACCES', 'EPERM', 'EROFS'].includes(code) || path === undefined) return undefined;
  return `Taskwire may not use ${path} (${code}): give its user access, or set DATA_DIR to another directory.`;
}

/** For the operator: the message of a fatal error alone, otherwise the whole stack. */
export function formatStartupError(error: unknown): string {
  if (isFatal(error) || error instanceof WorkersError) return error.message;
  const known = shortageOf(error) ?? permissionOf(error);
  if (known !== undefined) return known;
  return `Taskwire cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** Whether a restart would fail in the same way. */
export function isFatal(error: unknown): error is Error {
  return error instanceof StartupError || error instanceof SettingsError || error instanceof EmbeddedPostgresError;
}

function withMessage(error: Error, message: string | undefined): Error {
  return message ? new StartupError(message, error) : error;
}

function isTlsError(error: unknown, code: string): boolean {
  return /SELF_SIGNED|CERT|UNABLE_TO_/.test(code) || /does not support SSL/.test(String(error));
}

function tlsRemedy(error: unknown): string {
  return /does not support SSL/.test(String(error))
    ? 'The database does not support TLS: set DATABASE_SSL=off if the network to it is private.'
    : "The database's certificate cannot be verified: set DATABASE_SSL=no-verify if you trust the network to it, " +
        'as on Heroku.';
}
