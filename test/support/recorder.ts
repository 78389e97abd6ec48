import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';

export interface Recorder<T> {
  /** Everything that came, in order. */
  readonly all: T[];
  add(entry: T): void;
  /** Resolves as soon as what came satisfies the condition; rejects after `ms`, and shows what had come. */
  until(condition: (all: T[]) => unknown, ms?: number): Promise<void>;
}

/** Keeps what comes and lets a test wait for a condition instead of for a time. */
export function recorder<T>(): Recorder<T> {
  const all: T[] = [];
  const came = new EventEmitter().setMaxListeners(0);
  return {
    all,
    add: (entry) => {
      all.push(entry);
      came.emit('entry');
    },
    until: (condition, ms = 5000) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!condition(all)) return;
          end();
          resolve();
        };
        const timer = setTimeout(() => {
          end();
          reject(
            new Error(
              `waited ${String(ms)} ms in vain for ${condition.toString()}; there came ${inspect(all.slice(-20), { depth: 4, maxStringLength: 200 })}`,
            ),
          );
        }, ms);
        const end = (): void => {
          clearTimeout(timer);
          came.off('entry', look);
        };
        came.on('entry', look);
        look();
      }),
  };
}
