import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';

export interface Recorder<T> {
  /** All entries so far, in order. */
  readonly all: T[];
  add(entry: T): void;
  /** Resolves as soon as the entries satisfy the condition; rejects after `ms`, showing the last entries. */
  until(condition: (all: T[]) => unknown, ms?: number): Promise<void>;
}

/** Records entries, and waits for a condition instead of a time. */
export function recorder<T>(): Recorder<T> {
  const all: T[] = [];
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    all,
    add: (entry) => {
      all.push(entry);
      emitter.emit('entry');
    },
    until: (condition, ms = 5000) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!condition(all)) return;
          stop();
          resolve();
        };
        const timer = setTimeout(() => {
          stop();
          reject(
            new Error(
              `timed out after ${String(ms)} ms waiting for ${condition.toString()}; received ${inspect(all.slice(-20), { depth: 4, maxStringLength: 200 })}`,
            ),
          );
        }, ms);
        const stop = (): void => {
          clearTimeout(timer);
          emitter.off('entry', check);
        };
        emitter.on('entry', check);
        check();
      }),
  };
}
