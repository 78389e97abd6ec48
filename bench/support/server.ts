import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const project = path.resolve(import.meta.dirname, '../..');

export interface BenchServer {
  url: string;
  pid: number;
  /** Milliseconds from its beginning to the line with the address. */
  startedIn: number;
  /** Resident memory in MB. */
  memory(): number;
  stop(): Promise<void>;
}

/** The built server as a process of its own, as it runs in production; or another program that prints its address. */
export async function startServer(env: Record<string, string>, program: string[] = ['dist/server.js']): Promise<BenchServer> {
  const began = performance.now();
  const child = spawn(process.execPath, program, {
    cwd: project,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', SESSION_SECRET: 'a secret for benchmarks only', RATE_LIMITS: 'off', LOG_LEVEL: 'warn', HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await address(child);
  const pid = child.pid ?? 0;
  return {
    url,
    pid,
    startedIn: performance.now() - began,
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) / 1024,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function address(child: ChildProcess): Promise<string> {
  let said = '';
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk);
    const url = /http:\/\/\S+?(?=\/?\s)/.exec(said)?.[0];
    if (!url) continue;
    child.stdout?.on('data', () => undefined);
    return url;
  }
  throw new Error(`the server ended before it listened: ${said}`);
}
