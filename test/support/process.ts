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
  /** What it has written so far. */
  out(): string;
  err(): string;
  /** Waits for text on standard output. @returns the match */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits for its end. */
  ended: Promise<Ended>;
  kill(signal?: NodeJS.Signals): Promise<Ended>;
}

const PATIENCE = 60_000;

/** Runs Node on a script of the project, with no environment but this one. */
export function runNode(args: string[], env: Record<string, string>): Program {
  return runProgram(process.execPath, args, env);
}

/** Runs a program as its own process, in the project's folder unless another is named. */
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
    says: (pattern) =>
      eventually(
        () => {
          if (child.exitCode !== null) throw new Error(`it ended with ${String(child.exitCode)}:\n${out}${err}`);
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

/** The server, as a process on a free port of this machine. @param modules that it and its workers load before */
export function runServer(env: Record<string, string>, modules: string[] = []): Program {
  return runNode([...nodeFlags('test/support/compiled-views.ts', ...modules), runnablePath('src/server.ts')], {
    PORT: '0',
    HOST: '127.0.0.1',
    ...(env.NODE_ENV !== 'production' && { BCRYPT_COST: '4' }),
    ...env,
  });
}

/** The processes that have served so far, as each of them has told when it began to listen. */
export function servingOf(program: Program): number[] {
  return [...program.out().matchAll(/"pid":(\d+),"port":\d+,"msg":"listening"/g)].map(([, pid]) => Number(pid));
}

/** Whether there is such a process; one that has ended and that nobody has waited for is none. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The address that a server has printed. */
export async function addressOf(program: Program): Promise<string> {
  const [, address = ''] = await program.says(/^Taskwire is at (http:\S+)\/$/m);
  return address;
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks again until the answer is there. @throws after a minute, naming what was waited for */
export async function eventually<T>(
  ask: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  what: string,
): Promise<T> {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer) return answer;
    await sleep(20);
  }
  throw new Error(`waited in vain for ${what}`);
}
