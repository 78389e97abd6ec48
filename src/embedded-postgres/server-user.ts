import fs from 'node:fs/promises';
import { EmbeddedPostgresError } from './errors.ts';
import { succeeds } from './run.ts';

/** Whom the server runs as when this process is root; undefined means: as this process. */
export type ServerUser = { uid: number; gid: number } | undefined;

const CANDIDATES = ['postgres', '_postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root, and initdb looks its user up by name, so root borrows an existing account.
 * @throws {EmbeddedPostgresError} when no such account exists
 */
export async function unprivilegedUser(): Promise<ServerUser> {
  const accounts = (await fs.readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of CANDIDATES) {
    const account = accounts.find((fields) => fields[0] === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root and this system has neither a user "postgres" nor "nobody": start Taskwire as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  );
}

/** Whether that user can enter the folder: only the kernel knows all of modes, ACLs and mounts, so it is asked. */
export async function canEnter(user: ServerUser, folder: string): Promise<boolean> {
  return user === undefined || succeeds('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { user, cwd: '/' });
}
