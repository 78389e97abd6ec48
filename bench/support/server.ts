import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';

const project = path.resolve(import.meta.dirname, '../..');

export interface BenchServer {
  url: string;
  pid: number;
  /** Milliseconds from its beginning to the line with the address. */
  startedIn: number;
  /** Resident memory in MB. */
  memory(): number;
  /** The next line on standard output that matches. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  stop(): Promise<void>;
}

/** Milliseconds until a program has said what is waited for, and until one that was told to end is killed. */
const PATIENCE = 60_000;

/** The built server as a process of its own, as it runs in production; or another program that prints its address. */
export async function startServer(
  env: Record<string, string>,
  program: string[] = ['dist/server.js'],
): Promise<BenchServer> {
  const began = performance.now();
  const child = spawn(process.execPath, program, {
    cwd: project,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      SESSION_SECRET: 'a secret for benchmarks only',
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const stop = (): Promise<void> => end(child);
  try {
    const [url] = await lineOf(child, lines, /http:\/\/[^\s/"]+/);
    const pid = child.pid ?? 0;
    return {
      url,
      pid,
      startedIn: performance.now() - began,
      memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) / 1024,
      says: (pattern) => lineOf(child, lines, pattern),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Tells a process to end, and sees that it does. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const killing = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(killing);
}

/** @throws when the program ends, or a minute has passed, before it has said it */
export function lineOf(child: ChildProcess, lines: Interface, pattern: RegExp): Promise<RegExpExecArray> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(patience);
      lines.off('line', hear);
      child.off('close', fail);
    };
    const hear = (line: string): void => {
      said.push(line);
      const found = pattern.exec(line);
      if (!found) return;
      settle();
      resolve(found);
    };
    const fail = (): void => {
      settle();
      reject(new Error(`a program of the benchmark was waited for in vain:\n${said.slice(-20).join('\n')}`));
    };
    const patience = setTimeout(fail, PATIENCE);
    lines.on('line', hear);
    child.once('close', fail);
  });
}
