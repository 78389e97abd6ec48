import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** The longest stretch of heavy work, in milliseconds, that other requests wait for. */
const STRETCH_MS = 4;
/** How long a stretch waits for requests that are being answered: heavy work gets a sixth of the time at least. */
const ASIDE_MS = 20;
/** How long a request counts as one: a client that does not read its response holds up nothing. */
const COUNTED_MS = 1000;

let lastTurn: Promise<void> = Promise.resolve();
/** Requests that are being answered. */
const answering = new Set<symbol>();

/**
 * Lets other requests in between two steps that each take a while. Whatever has work takes turns: there is one stretch
 * in a round of the event loop, not one of each.
 */
export function nextTurn(): Promise<void> {
  lastTurn = lastTurn.then(stepAside);
  return lastTurn;
}

async function stepAside(): Promise<void> {
  await setImmediate();
  const end = performance.now() + ASIDE_MS;
  while (answering.size > 0 && performance.now() < end) await sleep(1);
}

/** Answers a request that somebody waits for: heavy work steps aside meanwhile. */
export async function withPriority<T>(answer: () => Promise<T>): Promise<T> {
  const request = Symbol('request');
  answering.add(request);
  const timer = setTimeout(() => answering.delete(request), COUNTED_MS);
  try {
    return await answer();
  } finally {
    clearTimeout(timer);
    answering.delete(request);
  }
}

/** Cuts heavy work, wherever its loop is: `if (stretch.isOver) await stretch.next();` after each step. */
export class Stretch {
  #since = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#since >= STRETCH_MS;
  }

  /** Lets other requests in, and begins the next stretch. */
  async next(): Promise<void> {
    await nextTurn();
    this.#since = performance.now();
  }
}

/**
 * Goes through the items and lets other requests in between, so that work on a large file does not block the event
 * loop.
 */
export async function forEachYielding<T>(items: Iterable<T>, work: (item: T, index: number) => void): Promise<void> {
  const stretch = new Stretch();
  let index = 0;
  for (const item of items) {
    work(item, index++);
    if (stretch.isOver) await stretch.next();
  }
}

/** Passes everything on, and lets other requests in between: a stream that has its data already never does. */
export async function* yielding<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const stretch = new Stretch();
  for await (const item of items) {
    yield item;
    if (stretch.isOver) await stretch.next();
  }
}
