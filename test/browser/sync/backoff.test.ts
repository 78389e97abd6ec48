import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectDelay, pollDelay, retryAfterMs } from '../../../src/browser/sync/backoff.ts';

const MIDDLE = 0.5;

describe('A tab that tries again', () => {
  it('tries soon at first, and then never less often than every few seconds', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5, 2000].map((failures) => connectDelay(failures, false, MIDDLE)),
      [500, 500, 1000, 2000, 4000, 4000, 4000],
    );
  });

  it('tries now and then where plain HTTP works', () => {
    assert.deepEqual(
      [3, 6, 8, 9, 2000].map((failures) => connectDelay(failures, true, MIDDLE)),
      [2000, 16_000, 60_000, 60_000, 60_000],
    );
  });

  it('leaves half of each pause to chance', () => {
    assert.deepEqual(
      [0, 1].map((chance) => connectDelay(4, false, chance)),
      [2000, 6000],
    );
    const pauses = new Set(Array.from({ length: 20 }, () => connectDelay(4, false)));
    assert.ok(pauses.size > 10 && [...pauses].every((pause) => pause >= 2000 && pause <= 6000));
  });
});

describe('A tab that asks over HTTP', () => {
  it('asks every ten seconds or so, and less often while no answer comes', () => {
    assert.deepEqual(
      [0, 1, 2, 2000].map((misses) => pollDelay(misses, null, MIDDLE)),
      [10_000, 20_000, 30_000, 30_000],
    );
    assert.deepEqual(
      [0, 1].map((chance) => pollDelay(0, null, chance)),
      [7500, 12_500],
    );
  });

  it('comes back no sooner than the server wishes, and not with all others at that moment', () => {
    assert.deepEqual(
      [0, 1].map((chance) => pollDelay(0, '60', chance)),
      [60_000, 75_000],
    );
    assert.equal(pollDelay(0, '1', MIDDLE), 10_000);
  });

  it('believes no wish that is none', () => {
    assert.deepEqual(
      [null, '', 'soon', 'Wed, 21 Oct 2026 07:28:00 GMT', '-1', '1e9'].map(retryAfterMs),
      [0, 0, 0, 0, 0, 300_000],
    );
  });
});
