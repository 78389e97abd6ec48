interface Stoppable {
  stop(): Promise<void> | void;
}

const kept: (Promise<Stoppable> | Stoppable)[] = [];
let over = false;

/**
 * Starts something for a measurement, and remembers it from the moment that it begins to start: `endAll` ends it,
 * however the measurement goes. @throws when the run is over
 */
export function keep<T extends Promise<Stoppable> | Stoppable>(start: () => T): T {
  if (over) throw new Error('the run is stopped');
  const started = start();
  kept.push(started);
  return started;
}

let ending: Promise<void> = Promise.resolve();

/** Ends everything that is kept, the latest first. What does not end properly is told, and the others end all the same. */
export function endAll({ forGood = false } = {}): Promise<void> {
  over ||= forGood;
  ending = ending.then(endEach);
  return ending;
}

async function endEach(): Promise<void> {
  for (let last = kept.pop(); last; last = kept.pop()) {
    // What failed to start has cleaned up after itself, and is told by the measurement.
    const started = await Promise.resolve(last).catch(() => null);
    await Promise.resolve(started?.stop()).catch((error: unknown) => {
      console.error(error);
    });
  }
}
