import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { errorCode } from './errors.ts';

/** Whether the number is taken, be it by a zombie or by a process of somebody else. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * Whether that process is a live PostgreSQL server on that data folder. PostgreSQL itself only asks whether the
 * number is taken, and so believes a zombie, or a stranger who got the number of a dead server.
 */
export function isServerOf(pid: number, dataDir: string): boolean {
  if (!processExists(pid)) return false;
  return process.platform === 'linux' ? isServerInProc(pid, dataDir) : isServerInPs(pid, dataDir);
}

function isServerInProc(pid: number, dataDir: string): boolean {
  try {
    if (fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false;
    // The server's working folder is its data folder. A zombie has none.
    const folder = fs.statSync(`/proc/${pid}/cwd`);
    const data = fs.statSync(dataDir);
    return folder.dev === data.dev && folder.ino === data.ino;
  } catch (error) {
    if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') return false;
    // In a container root may not look at other users' processes so closely; a zombie has no command line either.
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataDir);
  }
}

function isServerInPs(pid: number, dataDir: string): boolean {
  const { stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.includes(`-D ${dataDir} `);
}
