import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gather } from '../../src/lib/batch-loader.ts';

describe('gathering questions', () => {
  it('answers who asks meanwhile by one later piece of work', async () => {
    const asked: string[][] = [];
    let goOn = (): void => undefined;
    const ask = gather((keys: string[]) => {
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

  it('answers undefined for what is left out', async () => {
    assert.equal(await gather(() => Promise.resolve(new Map<string, string>()))('a'), undefined);
  });

  it('tells a fault to those who asked, and goes on', async () => {
    let faults = 1;
    const ask = gather((keys: number[]) =>
      faults-- > 0 ? Promise.reject(new Error('once')) : Promise.resolve(new Map(keys.map((key) => [key, key]))),
    );
    await assert.rejects(Promise.all([ask(1), ask(2)]), /once/);
    assert.equal(await ask(3), 3);
  });
});
