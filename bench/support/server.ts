import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';

const project = path.resolve(import.meta.dirname, '../..');

export interface BenchServer {
  url: string;
  pid: number;
  /** From spawning the process to the line with its address. */
  startupMs: number;
  /** Resident memory in MB. */
  memory(): number;
  /** Waits for a line on standard output that matches. */
  waitForLine(pattern: RegExp): Promise<RegExpExecArray>;
  stop(): Promise<void>;
}

/** How long to wait for a line, and for a process to exit after SIGTERM before killing it. */
const TIMEOUT_MS = 60_000;

/** For the first account, which only who set up the server may create. */
export const SETUP_TOKEN = 'a token for benchmarks only';

/** Starts the built server in its own process, as in production, or another program that prints its address. */
export async function startServer(
  env: Record<string, string>,
  program: string[] = ['dist/server.js'],
): Promise<BenchServer> {
  const start = performance.now();
  const child = spawn(process.execPath, program, {
    cwd: project,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      SESSION_SECRET: 'a secret for benchmarks only',
      SETUP_TOKEN,
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const stop = (): Promise<void> => terminate(child);
  try {
    const [url] = await waitForLine(child, lines, /http:\/\/[^\s/"]+/);
    const pid = child.pid ?? 0;
    return {
      url,
      pid,
      startupMs: performance.now() - start,
      memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) / 1024,
      waitForLine: (pattern) => waitForLine(child, lines, pattern),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Sends SIGTERM, then SIGKILL if the process does not exit in time. */
export async function terminate(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const killTimer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(killTimer);
}

/** @throws when the program exits, or a minute passes, before a line matches */
export function waitForLine(child: ChildProcess, lines: Interface, pattern: RegExp): Promise<RegExpExecArray> {
  const output: string[] = [];
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timeout);
      lines.off('line', onLine);
      child.off('close', fail);
    };
    const onLine = (line: string): void => {
      output.push(line);
      const found = pattern.exec(line);
      if (!found) return;
      settle();
      resolve(found);
    };
    const fail = (): void => {
      settle();
      reject(new Error(`the expected output did not appear:\n${output.slice(-20).join('\n')}`));
    };
    const timeout = setTimeout(fail, TIMEOUT_MS);
    lines.on('line', onLine);
    child.once('close', fail);
  });
}
