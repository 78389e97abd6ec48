import { EmbeddedPostgresError } from '../embedded-postgres/errors.ts';
import { errorCode } from '../database/errors.ts';
import { WorkersError } from '../lib/cluster-primary.ts';
import { SettingsError } from './env.ts';

/** What keeps the server from starting until somebody mends it; the message is one sentence with the remedy. */
export class StartError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'StartError';
  }
}

/** The error of `listen`, in words. */
export function listenError(error: NodeJS.ErrnoException, port: number, host: string | null): Error {
  const sentence: Record<string, string> = {
    EADDRINUSE: `Port ${String(port)} is taken by another program: stop that one, or choose another port with PORT=${String(port + 1)}.`,
    EACCES: `Port ${String(port)} may only be opened by an administrator: choose one above 1023 with PORT.`,
    EADDRNOTAVAIL: `This machine has no address ${String(host)}: set HOST to one of its own, or leave it out.`,
    ENOTFOUND: `This machine has no address ${String(host)}: set HOST to one of its own, or leave it out.`,
  };
  return inWords(error, sentence[error.code ?? '']);
}

/** A error of the database that waiting does not mend, in words. */
export function databaseError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = errorCode(error);
  const sentence: Record<string, string> = {
    '28P01': 'The database refuses the password of DATABASE_URL: correct it.',
    '28000':
      'The database refuses the user of DATABASE_URL, or a connection without TLS: check the user, and DATABASE_SSL.',
    '3D000': 'The database that DATABASE_URL names does not exist: create it, or correct the name.',
    '42501':
      'The user of DATABASE_URL may not create tables and extensions in its database: grant it that, for example by making it the owner.',
  };
  return inWords(error, sentence[code] ?? (isTlsError(error, code) ? tlsRemedy(error) : undefined));
}

/** What the operator reads when the start ends: the sentence where there is one, else everything that is known. */
export function formatStartupError(error: unknown): string {
  if (isFatal(error) || error instanceof WorkersError) return error.message;
  return `Taskwire cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** Whoever starts it again meets the same, until somebody mends it. */
export function isFatal(error: unknown): error is Error {
  return error instanceof StartError || error instanceof SettingsError || error instanceof EmbeddedPostgresError;
}

function inWords(error: Error, sentence: string | undefined): Error {
  return sentence ? new StartError(sentence, error) : error;
}

function isTlsError(error: unknown, code: string): boolean {
  return /SELF_SIGNED|CERT|UNABLE_TO_/.test(code) || /does not support SSL/.test(String(error));
}

function tlsRemedy(error: unknown): string {
  return /does not support SSL/.test(String(error))
    ? 'The database speaks no TLS: set DATABASE_SSL=off if nobody else can reach the network between.'
    : 'The certificate of the database cannot be verified: set DATABASE_SSL=no-verify if you trust the network between, as on Heroku.';
}
