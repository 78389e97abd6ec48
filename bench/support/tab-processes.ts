import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { now } from './clock.ts';
import { end } from './server.ts';
import type { Heard, Opened, Order, Visitor } from './tab-program.ts';

/** Two, so that no event waits long for a visitor that is busy with another's. */
const PROCESSES = 2;
/** Milliseconds: ten thousand tabs of one person catch up two at a time. */
const PATIENCE = 300_000;

interface Opening {
  url: string;
  /** Whose tabs, in turn; none for plain websockets. */
  visitors: Visitor[];
  count: number;
  /** How many may be on their way at once; all where nothing is said. */
  atOnce?: number;
}

/** Some thousand tabs in processes apart from server and benchmark. */
export class TabProcesses {
  readonly #children = Array.from({ length: PROCESSES }, () =>
    fork(path.join(import.meta.dirname, 'tab-program.ts'), { execArgv: ['--import', 'tsx'] }),
  );
  #orders = 0;

  /** @returns milliseconds until all of them were current: connected, in their rooms and caught up */
  async open(group: string, { url, visitors, count, atOnce = count }: Opening): Promise<number> {
    const share = (whole: number, n: number): number => Math.floor((whole + n) / PROCESSES);
    const opened = await this.#all<Opened>((n) => ({
      do: 'open',
      group,
      url,
      visitors,
      count: share(count, n),
      atOnce: share(atOnce, n),
    }));
    return Math.max(...opened.map(({ current }) => current)) - Math.min(...opened.map(({ began }) => began));
  }

  /** Milliseconds from the beginning of the write to the receipt by the first and by the last tab of the group. */
  async timesOf(group: string, write: () => Promise<void>): Promise<Heard> {
    await this.#all(() => ({ do: 'listen', group }));
    const hearing = this.#all<Heard>(() => ({ do: 'heard', group }));
    const began = now();
    const [heard] = await Promise.all([hearing, write()]);
    return {
      first: Math.min(...heard.map(({ first }) => first)) - began,
      last: Math.max(...heard.map(({ last }) => last)) - began,
      packet: heard[0]?.packet ?? '',
    };
  }

  async close(group: string): Promise<void> {
    await this.#all(() => ({ do: 'close', group }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map(end));
  }

  #all<T>(orderOf: (n: number) => Order): Promise<T[]> {
    return Promise.all(this.#children.map((child, n) => this.#ask<T>(child, orderOf(n))));
  }

  #ask<T>(child: ChildProcess, order: Order): Promise<T> {
    const id = (this.#orders += 1);
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(patience);
        child.off('message', hear);
        child.off('exit', fail);
      };
      const hear = (said: { id: number; answer?: T; error?: string }): void => {
        if (said.id !== id) return;
        settle();
        if (said.error === undefined) resolve(said.answer as T);
        else reject(new Error(said.error));
      };
      const fail = (): void => {
        settle();
        reject(new Error(`the tabs did not answer "${order.do}"`));
      };
      const patience = setTimeout(fail, PATIENCE);
      child.on('message', hear);
      child.once('exit', fail);
      // With a callback, or a process that has gone would be an error that nobody catches.
      child.send({ id, order }, (error) => {
        if (error) fail();
      });
    });
  }
}

/** Whether one process of this machine may hold so many tabs, twice over; says why not. */
export function mayOpen(tabs: number): boolean {
  // Node raises its own limit to the hard one when it starts.
  const limit = Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout.trim()) || Infinity;
  if (limit >= tabs + 500) return true;
  console.error(
    `${String(tabs)} tabs are left out: one process may hold ${String(limit)} files here, and ${String(tabs + 500)} are needed (ulimit -n).`,
  );
  return false;
}
