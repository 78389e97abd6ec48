import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as round } from 'node:timers/promises';
import { forEachYielding, withPriority, yielding } from '../../src/lib/yielding.ts';

/** Keeps the event loop busy for longer than one stretch may take. */
function work(): void {
  const end = performance.now() + 5;
  while (performance.now() < end);
}

describe('heavy work', () => {
  it('is cut into stretches, of which the event loop does one a round, whoever has how many', async () => {
    const items = Array.from({ length: 10 }, (_, n) => n);
    let done = 0;
    const step = (): void => {
      work();
      done += 1;
    };
    const streamed = async (): Promise<void> => {
      for await (const _ of yielding(asynchronous(items))) step();
    };
    const all = Promise.all([forEachYielding(items, step), forEachYielding(items, step), streamed()]);
    // The first stretch of each belongs to the request that begins it.
    await round();
    const rounds: number[] = [];
    for (let before = done; done < 3 * items.length; before = done) {
      await round();
      rounds.push(done - before);
    }
    await all;
    assert.ok(Math.max(...rounds) <= 1, `stretches in each round: ${rounds.join()}`);
  });

  it('steps aside while a request is answered, and goes on all the same', async () => {
    const stretches = async (): Promise<number> => {
      let done = 0;
      const end = performance.now() + 300;
      const items = (function* () {
        while (performance.now() < end) yield;
      })();
      await forEachYielding(items, () => {
        work();
        done += 1;
      });
      return done;
    };
    const alone = await stretches();
    const beside = await withPriority(stretches);
    assert.ok(
      beside >= 2 && beside <= alone / 2,
      `${String(beside)} stretches beside a request, ${String(alone)} alone`,
    );
  });
});

async function* asynchronous<T>(items: T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
