import fs from 'node:fs/promises';
import { EmbeddedPostgresError, errorCode } from './errors.ts';
import type { ServerUser } from './server-user.ts';

/**
 * Makes a folder that only the server's user (and root) can enter, or takes the one that is there.
 * @throws {EmbeddedPostgresError} when something of another user stands there: in a shared folder that may be a trap
 */
export async function privateFolder(folder: string, user: ServerUser): Promise<string> {
  try {
    await fs.mkdir(folder, { mode: 0o700 });
    if (user) await fs.chown(folder, user.uid, user.gid);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const found = await fs.lstat(folder);
  const owner = user?.uid ?? process.getuid?.();
  // root's own empty folder is one that a process was about to hand over
  if (user && found.isDirectory() && found.uid === 0) await fs.chown(folder, user.uid, user.gid);
  else if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o077) !== 0) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL needs ${folder} for itself, but it belongs to somebody else or is open to others: remove it, or set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  return folder;
}
