import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { now } from './clock.ts';
import { terminate } from './server.ts';
import type { Received, Opened, Command, Visitor } from './tab-program.ts';

/** Two, so that an event rarely waits for a client process busy with another one. */
const PROCESSES = 2;
/** Long enough for ten thousand tabs of one person, which catch up two at a time. */
const TIMEOUT_MS = 300_000;

interface Opening {
  url: string;
  /** Owners of the tabs, in rotation; empty for plain websockets. */
  visitors: Visitor[];
  count: number;
  /** How many may be connecting at the same time; default: all. */
  concurrency?: number;
}

/** Thousands of tabs, in processes separate from the server and the benchmark. */
export class TabProcesses {
  readonly #children = Array.from({ length: PROCESSES }, () =>
    fork(path.join(import.meta.dirname, 'tab-program.ts'), { execArgv: ['--import', 'tsx'] }),
  );
  #commands = 0;

  /** @returns milliseconds until all of them were ready: connected, in their rooms and caught up */
  async open(group: string, { url, visitors, count, concurrency = count }: Opening): Promise<number> {
    const share = (total: number, n: number): number => Math.floor((total + n) / PROCESSES);
    const opened = await this.#all<Opened>((n) => ({
      type: 'open',
      group,
      url,
      visitors,
      count: share(count, n),
      concurrency: share(concurrency, n),
    }));
    return Math.max(...opened.map(({ readyAt }) => readyAt)) - Math.min(...opened.map(({ startedAt }) => startedAt));
  }

  /** @returns milliseconds from the start of the write until the first and the last tab of the group received the event */
  async deliveryTimes(group: string, write: () => Promise<void>): Promise<Received> {
    await this.#all(() => ({ type: 'listen', group }));
    const receiving = this.#all<Received>(() => ({ type: 'await_event', group }));
    const start = now();
    const [received] = await Promise.all([receiving, write()]);
    return {
      first: Math.min(...received.map(({ first }) => first)) - start,
      last: Math.max(...received.map(({ last }) => last)) - start,
      packet: received[0]?.packet ?? '',
    };
  }

  async close(group: string): Promise<void> {
    await this.#all(() => ({ type: 'close', group }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map(terminate));
  }

  #all<T>(commandFor: (n: number) => Command): Promise<T[]> {
    return Promise.all(this.#children.map((child, n) => this.#send<T>(child, commandFor(n))));
  }

  #send<T>(child: ChildProcess, command: Command): Promise<T> {
    const id = (this.#commands += 1);
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timeout);
        child.off('message', onMessage);
        child.off('exit', fail);
      };
      const onMessage = (reply: { id: number; result?: T; error?: string }): void => {
        if (reply.id !== id) return;
        settle();
        if (reply.error === undefined) resolve(reply.result as T);
        else reject(new Error(reply.error));
      };
      const fail = (): void => {
        settle();
        reject(new Error(`the tab process did not reply to "${command.type}"`));
      };
      const timeout = setTimeout(fail, TIMEOUT_MS);
      child.on('message', onMessage);
      child.once('exit', fail);
      // Without a callback, sending to a process that has exited emits an unhandled error.
      child.send({ id, command }, (error) => {
        if (error) fail();
      });
    });
  }
}

/** Whether one process may open sockets for that many tabs; logs why not. */
export function canOpen(tabs: number): boolean {
  // Node raises its soft limit to the hard one at startup.
  const limit = Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout.trim()) || Infinity;
  if (limit >= tabs + 500) return true;
  console.error(
    `Skipping ${String(tabs)} tabs: the limit of open files is ${String(limit)}, and ${String(tabs + 500)} are needed (ulimit -n).`,
  );
  return false;
}
