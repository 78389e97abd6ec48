import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './errors.ts';
import { isServerOf, processExists } from './host.ts';
import { SOCKET_NAME } from './server.ts';

/** Long enough for a server to fill the lock file that it has just created. */
const EMPTY_GRACE_MS = 5_000;

/** PostgreSQL's own lock files: `postmaster.pid`, and the one beside the socket. */
export interface LockFile {
  file: string;
  text: string;
  /** 0 if the file has none. */
  pid: number;
  /** Only in `postmaster.pid`, and only after the first steps of a start. */
  socketFolder: string;
  /** `starting`, `ready` or `stopping`; '' before that. */
  status: string;
  /** Milliseconds since 1970. */
  modifiedAt: number;
}

export const serverLock = (dataDir: string): Promise<LockFile | undefined> =>
  readLock(path.join(dataDir, 'postmaster.pid'));

export async function readLock(file: string): Promise<LockFile | undefined> {
  try {
    const { mtimeMs: modifiedAt } = await fs.stat(file);
    const text = await fs.readFile(file, 'utf8');
    const lines = text.split('\n');
    return {
      file,
      text,
      pid: Math.abs(Number(lines[0])) || 0,
      socketFolder: lines[4] ?? '',
      status: (lines[7] ?? '').trim(),
      modifiedAt,
    };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes a dead server's lock files that PostgreSQL would take for a live server's. Locks whose pid is not in use are
 * left to PostgreSQL, which also checks for backends that survived their server.
 */
export async function removeStaleLocks(
  dataDir: string,
  socketFolder: string,
  log: (line: string) => void,
): Promise<void> {
  for (const file of [path.join(socketFolder, `${SOCKET_NAME}.lock`), path.join(dataDir, 'postmaster.pid')]) {
    const lock = await readLock(file);
    if (!lock || !isStale(lock, dataDir)) continue;
    log(`removing stale lock file ${file} (process ${lock.pid})`);
    await removeUnchanged(lock);
  }
}

function isStale({ pid, modifiedAt }: LockFile, dataDir: string): boolean {
  if (pid === 0) return Date.now() - modifiedAt > EMPTY_GRACE_MS;
  return processExists(pid) && !isServerOf(pid, dataDir);
}

/**
 * Removes the lock file unless another process has replaced it since it was read: once moved aside it can be examined
 * without a race, and link() never overwrites.
 */
export async function removeUnchanged({ file, text }: LockFile): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await fs.rename(file, aside);
    if ((await fs.readFile(aside, 'utf8')) !== text) await fs.link(aside, file);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(errorCode(error))) throw error;
  } finally {
    await fs.rm(aside, { force: true });
  }
}
