import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Semaphore } from '../../src/lib/semaphore.ts';

const busy = (): Error => new Error('too many');

/** Work that ends when it is told to. */
function task(): { work: () => Promise<void>; end(): void; begun(): boolean } {
  let begun = false;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    work: () => {
      begun = true;
      return ended;
    },
    end,
    begun: () => begun,
  };
}

describe('Semaphore', () => {
  it('starts waiting work in order', async () => {
    const semaphore = new Semaphore(2, 10, busy);
    const tasks = [task(), task(), task(), task()];
    const runs = tasks.map(({ work }) => semaphore.run(work));
    const begun = (): boolean[] => tasks.map((one) => one.begun());
    await new Promise(setImmediate);
    assert.deepEqual(begun(), [true, true, false, false]);
    tasks[1]!.end();
    await runs[1];
    await new Promise(setImmediate);
    assert.deepEqual(begun(), [true, true, true, false]);
    for (const { end } of tasks) end();
    await Promise.all(runs);
  });

  it('frees the slot after an error', async () => {
    const semaphore = new Semaphore(1, 10, busy);
    await assert.rejects(
      semaphore.run(() => Promise.reject(new Error('broken'))),
      /broken/,
    );
    assert.equal(await semaphore.run(() => Promise.resolve('next')), 'next');
  });

  it('rejects when too many are waiting', async () => {
    const semaphore = new Semaphore(1, 1, busy);
    const [one, two] = [task(), task()];
    const runs = [semaphore.run(one.work), semaphore.run(two.work)];
    await assert.rejects(
      semaphore.run(() => Promise.resolve()),
      /too many/,
    );
    one.end();
    two.end();
    await Promise.all(runs);
  });

  it('has at least one slot', async () => {
    assert.equal(await new Semaphore(0, 1, busy).run(() => Promise.resolve(1)), 1);
  });
});
