import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectDir } from '../../src/config/env.ts';
import { nodeFlags, runnablePath } from './compiled.ts';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Program {
  child: ChildProcess;
  /** Its standard output so far. */
  out(): string;
  err(): string;
  /** Waits for text on standard output. @returns the match */
  waitForOutput(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when it has exited. */
  ended: Promise<Ended>;
  kill(signal?: NodeJS.Signals): Promise<Ended>;
}

const TIMEOUT_MS = 60_000;

/** Runs Node with only the given environment. */
export function runNode(args: string[], env: Record<string, string>): Program {
  return runProgram(process.execPath, args, env);
}

/** Runs a program with only the given environment, PATH and HOME, by default in the project's folder. */
export function runProgram(program: string, args: string[], env: Record<string, string>, cwd = projectDir): Program {
  const { PATH = '', HOME = '/' } = process.env;
  const child = spawn(program, args, { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    }),
  );
  return {
    child,
    out: () => out,
    err: () => err,
    ended,
    waitForOutput: (pattern) =>
      eventually(
        () => {
          if (child.exitCode !== null) throw new Error(`exited with ${String(child.exitCode)}:\n${out}${err}`);
          return pattern.exec(out);
        },
        `${String(pattern)} on standard output`,
      ),
    kill(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs the server on a free local port. @param modules to preload into it and its workers */
export function runServer(env: Record<string, string>, modules: string[] = []): Program {
  return runNode([...nodeFlags('test/support/compiled-views.ts', ...modules), runnablePath('src/server.ts')], {
    PORT: '0',
    HOST: '127.0.0.1',
    ...(env.NODE_ENV !== 'production' && { BCRYPT_COST: '4' }),
    ...env,
  });
}

/** The pids that have logged `listening` so far. */
export function servingOf(program: Program): number[] {
  return [...program.out().matchAll(/"pid":(\d+),"port":\d+,"msg":"listening"/g)].map(([, pid]) => Number(pid));
}

/** Whether the process is running; a zombie is not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits for the address that the server prints. */
export async function addressOf(program: Program): Promise<string> {
  const [, address = ''] = await program.waitForOutput(/^Taskwire is at (http:\S+)\/$/m);
  return address;
}

/** A currently unused port. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Polls until the condition returns something truthy. @throws after a minute, naming what it waited for */
export async function eventually<T>(
  condition: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  what: string,
): Promise<T> {
  const end = Date.now() + TIMEOUT_MS;
  while (Date.now() < end) {
    const value = await condition();
    if (value) return value;
    await sleep(20);
  }
  throw new Error(`timed out waiting for ${what}`);
}
