import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { projectDir } from '../../src/config/env.ts';
import { recorder, type Recorder } from './recorder.ts';

/** Debian's, whatever else is first in PATH. */
const PYTHON = '/usr/bin/python3';

/** Whether Debian's socket.io clients are installed; otherwise `npm test` skips the tests that need them, and says so. */
export const hasPython =
  spawnSync(PYTHON, ['-c', 'import socketio, websocket, aiohttp'], { stdio: 'ignore' }).status === 0;

export interface PythonClient {
  /** What it has printed: names and payloads. */
  received: Recorder<[name: string, payload: unknown]>;
  /** Resolves with the first payload of that name. */
  waitFor(name: string): Promise<unknown>;
  /** Resolves when the program has ended, with its standard error. */
  ended: Promise<{ status: number | null; errors: string }>;
  stop(): void;
}

/**
 * Runs a program. @param program a file of test/realtime/python/, which prints names and payloads, or `{code}`, whose
 * output has the name `output`
 */
export function runPython(program: string | { code: string }, env: Record<string, string>): PythonClient {
  const received = recorder<[string, unknown]>();
  const isFile = typeof program === 'string';
  const args = isFile ? [path.join(projectDir, 'test/realtime/python', program)] : ['-c', program.code];
  const child = spawn(PYTHON, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  createInterface(child.stdout).on('line', (line) => {
    received.add(isFile ? (JSON.parse(line) as [string, unknown]) : ['output', line]);
  });
  return {
    received,
    waitFor: async (name) => {
      const found = (): [string, unknown] | undefined => received.all.find((one) => one[0] === name);
      await received.until(() => found() !== undefined, 10_000);
      return found()?.[1];
    },
    ended: new Promise((resolve) => {
      child.once('close', (status) => {
        resolve({ status, errors });
      });
    }),
    stop: () => child.kill('SIGKILL'),
  };
}
