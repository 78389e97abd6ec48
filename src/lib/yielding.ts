import { setImmediate } from 'node:timers/promises';

/** The longest stretch of work, in milliseconds, that other requests wait for. */
export const STRETCH_MS = 15;

/** Lets other requests in between two steps that each take a while. */
export const nextTurn = (): Promise<void> => setImmediate();

/**
 * Goes through the items and lets other requests in between, so that work on a large file does not block the event
 * loop.
 */
export async function forEachYielding<T>(items: Iterable<T>, work: (item: T, index: number) => void): Promise<void> {
  let [since, index] = [performance.now(), 0];
  for (const item of items) {
    work(item, index++);
    if (performance.now() - since < STRETCH_MS) continue;
    await setImmediate();
    since = performance.now();
  }
}

/** Passes everything on, and lets other requests in between: a stream that has its data already never does. */
export async function* yielding<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  let since = performance.now();
  for await (const item of items) {
    yield item;
    if (performance.now() - since < STRETCH_MS) continue;
    await setImmediate();
    since = performance.now();
  }
}
