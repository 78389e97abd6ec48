import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './errors.ts';
import { isServerOf, processExists } from './processes.ts';
import { SOCKET_NAME } from './socket-folder.ts';

/** Long enough for a server to write the lock file that it has just made. */
const UNWRITTEN_MS = 5_000;

/** PostgreSQL's own lock files: `postmaster.pid`, and the one beside the socket. */
export interface LockFile {
  file: string;
  text: string;
  /** 0 where the file says none. */
  pid: number;
  /** Only in `postmaster.pid`, and only from some moment of the start on. */
  socketFolder: string;
  /** `starting`, `ready`, `stopping`; '' before. */
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
 * Removes the lock files of a dead server that PostgreSQL would take for those of a live one. Locks whose process
 * number is free are left to PostgreSQL, which looks after backends that outlived their server.
 */
export async function removeStaleLocks(
  dataDir: string,
  socketFolder: string,
  log: (line: string) => void,
): Promise<void> {
  for (const file of [path.join(socketFolder, `${SOCKET_NAME}.lock`), path.join(dataDir, 'postmaster.pid')]) {
    const lock = await readLock(file);
    if (!lock || !isStale(lock, dataDir)) continue;
    log(`removing ${file}, left by a server that is gone (process ${lock.pid})`);
    await removeUnchanged(lock);
  }
}

function isStale({ pid, modifiedAt }: LockFile, dataDir: string): boolean {
  if (pid === 0) return Date.now() - modifiedAt > UNWRITTEN_MS;
  return processExists(pid) && !isServerOf(pid, dataDir);
}

/**
 * Removes the lock file, unless another process put a new one in its place since it was read: a file that was moved
 * aside can be looked at without a race, and a link never overwrites.
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
