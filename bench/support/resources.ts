interface Stoppable {
  stop(): Promise<void> | void;
}

const acquired: (Promise<Stoppable> | Stoppable)[] = [];
let finished = false;

/**
 * Starts a resource for a measurement and registers it, even while it is still starting, so that `releaseAll` stops it
 * whether or not the measurement succeeds. @throws after the final release
 */
export function acquire<T extends Promise<Stoppable> | Stoppable>(start: () => T): T {
  if (finished) throw new Error('the run was stopped');
  const started = start();
  acquired.push(started);
  return started;
}

let releasing: Promise<void> = Promise.resolve();

/**
 * Stops every acquired resource, the latest first; a failure is logged and the others are still stopped.
 * @param options.final refuse to acquire anything afterwards
 */
export function releaseAll({ final = false } = {}): Promise<void> {
  finished ||= final;
  releasing = releasing.then(releaseEach);
  return releasing;
}

async function releaseEach(): Promise<void> {
  for (let last = acquired.pop(); last; last = acquired.pop()) {
    // A resource that failed to start has cleaned up after itself, and its measurement reports the error.
    const started = await Promise.resolve(last).catch(() => null);
    await Promise.resolve(started?.stop()).catch((error: unknown) => {
      console.error(error);
    });
  }
}
