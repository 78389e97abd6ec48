interface Stoppable {
  stop(): Promise<void> | void;
}

const kept: (Promise<Stoppable> | Stoppable)[] = [];

/** Remembers what a measurement starts, from the moment that it begins to start, so that `endAll` ends it however the measurement goes. */
export function keep<T extends Promise<Stoppable> | Stoppable>(started: T): T {
  kept.push(started);
  return started;
}

let ending: Promise<void> = Promise.resolve();

/** Ends everything that is kept, the latest first. What does not end properly is told, and the others end all the same. */
export function endAll(): Promise<void> {
  ending = ending.then(endEach);
  return ending;
}

async function endEach(): Promise<void> {
  for (let last = kept.pop(); last; last = kept.pop()) {
    // What failed to start has cleaned up after itself, and is told by the measurement.
    const started = await Promise.resolve(last).catch(() => null);
    await Promise.resolve(started?.stop()).catch((fault: unknown) => { console.error(fault); });
  }
}
