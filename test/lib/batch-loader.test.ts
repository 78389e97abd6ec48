import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { batchLoader } from '../../src/lib/batch-loader.ts';

describe('batchLoader', () => {
  it('loads calls made during a batch in one later batch', async () => {
    const asked: string[][] = [];
    let goOn = (): void => undefined;
    const ask = batchLoader((keys: string[]) => {
      asked.push(keys);
      return new Promise<Map<string, string>>((resolve) => {
        goOn = () => {
          resolve(new Map(keys.map((key) => [key, key.toUpperCase()])));
        };
      });
    });
    const first = ask('a');
    await Promise.resolve();
    const later = [ask('b'), ask('c'), ask('b')];
    goOn();
    assert.equal(await first, 'A');
    goOn();
    assert.deepEqual(await Promise.all(later), ['B', 'C', 'B']);
    assert.deepEqual(asked, [['a'], ['b', 'c']]);
  });

  it('returns undefined for missing keys', async () => {
    assert.equal(await batchLoader(() => Promise.resolve(new Map<string, string>()))('a'), undefined);
  });

  it('rejects the calls of a failed batch, and continues', async () => {
    let errors = 1;
    const ask = batchLoader((keys: number[]) =>
      errors-- > 0 ? Promise.reject(new Error('once')) : Promise.resolve(new Map(keys.map((key) => [key, key]))),
    );
    await assert.rejects(Promise.all([ask(1), ask(2)]), /once/);
    assert.equal(await ask(3), 3);
  });
});
