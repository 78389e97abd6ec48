import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Host } from './host.ts';
import type { Place } from './data-folder.ts';
import { privateFolder } from './private-folder.ts';

/** Only names the socket: nothing listens on TCP. */
export const PORT = 5432;
export const SOCKET_NAME = `.s.PGSQL.${PORT}`;

/** Bytes. Systems cut a socket's path at 107 (Linux) or 103 (macOS). */
const LONGEST_PATH = 100;

/**
 * The data folder, or where its path is too long for a socket a private folder in a temporary place. It stays the
 * same from start to start, so that a pool of connections finds the server again after one.
 */
export async function socketFolderOf({ dataDir, user }: Place, { temporary, uid }: Host): Promise<string> {
  if (fits(dataDir)) return dataDir;
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const name = `taskwire-pg-${user?.uid ?? uid}-${key}`;
  const folder = path.join(temporary, name);
  return privateFolder(fits(folder) ? folder : path.join('/tmp', name), user);
}

const fits = (folder: string): boolean => Buffer.byteLength(path.join(folder, SOCKET_NAME)) <= LONGEST_PATH;
