import { execFile } from 'node:child_process';
import type { ServerUser } from './server-user.ts';

/** Nothing of the app's environment (PGDATA, LD_LIBRARY_PATH, its secrets) reaches the server. */
export const SERVER_ENV = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' };

export interface Finished {
  ok: boolean;
  stdout: string;
  /** What the program wrote to stderr, or why it could not be run. */
  stderr: string;
}

/** Runs a program to its end. Never rejects. */
export function run(
  program: string,
  args: string[],
  { user, cwd }: { user: ServerUser; cwd: string },
): Promise<Finished> {
  return new Promise((resolve) => {
    try {
      execFile(program, args, { ...user, cwd, env: SERVER_ENV }, (error, stdout, stderr) => {
        resolve({ ok: error === null, stdout, stderr: stderr || (error?.message ?? '') });
      });
    } catch (error) {
      resolve({ ok: false, stdout: '', stderr: String(error) }); // some systems report a failed spawn at once
    }
  });
}

export async function succeeds(
  program: string,
  args: string[],
  as: { user: ServerUser; cwd: string },
): Promise<boolean> {
  return (await run(program, args, as)).ok;
}
