import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/**
 * The longest stretch of heavy work, in milliseconds, that other requests wait for. A page waits for one in each of the
 * ten rounds of the event loop that its statements take.
 */
const STRETCH_MS = 4;
/** So long a stretch waits for requests that are answered meanwhile: heavy work gets a sixth of the time at least. */
const ASIDE_MS = 20;
/** For so long a request counts: one whose client does not read its answer holds up nothing. */
const COUNTED_MS = 1000;

let lastTurn: Promise<void> = Promise.resolve();
let requests = 0;

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
  while (requests > 0 && performance.now() < end) await sleep(1);
}

/** Answers a request that people wait for: heavy work steps aside meanwhile. */
export async function beforeHeavyWork<T>(answer: () => Promise<T>): Promise<T> {
  let counted = 1;
  requests += counted;
  const end = (): void => {
    requests -= counted;
    counted = 0;
  };
  const timer = setTimeout(end, COUNTED_MS);
  try {
    return await answer();
  } finally {
    clearTimeout(timer);
    end();
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
