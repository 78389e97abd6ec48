import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import { FairQueue } from '../../src/lib/fair-queue.ts';
import { Semaphore } from '../../src/lib/semaphore.ts';

describe('FairQueue', () => {
  const tooMany = new Error('too many');
  const places = (count: number) => {
    const semaphore = new Semaphore(count);
    return () => semaphore;
  };
  const started: string[] = [];
  const gates: (() => void)[] = [];
  const work = (name: string) => (): Promise<string> =>
    new Promise((resolve) => {
      started.push(name);
      gates.push(() => {
        resolve(name);
      });
    });
  const openNext = async (): Promise<void> => {
    gates.shift()?.();
    await tick();
  };

  it('runs one task per user and so many in all, and rejects too many', async () => {
    const turns = new FairQueue(places(2), 3, () => tooMany);
    const asked = [
      turns.run(1, work('a1')),
      turns.run(1, work('a2')),
      turns.run(1, work('a3')),
      turns.run(2, work('b1')),
      turns.run(3, work('c1')),
    ];
    await assert.rejects(turns.run(1, work('a4')), tooMany);
    await tick();
    assert.deepEqual(started, ['a1', 'b1'], 'the second person does not wait for all of the first');
    await openNext();
    assert.deepEqual(started, ['a1', 'b1', 'c1']);
    for (let n = 0; n < 4; n += 1) await openNext();
    assert.deepEqual(await Promise.all(asked), ['a1', 'a2', 'a3', 'b1', 'c1']);
  });

  it('continues after an error and frees the slot', async () => {
    const turns = new FairQueue(places(1), 1, () => tooMany);
    await assert.rejects(
      turns.run(1, () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    assert.equal(await turns.run(1, () => Promise.resolve('well')), 'well');
  });
});
