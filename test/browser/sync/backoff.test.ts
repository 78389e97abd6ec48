import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectDelay, pollDelay, retryAfterMs } from '../../../src/browser/sync/backoff.ts';

const MIDDLE = 0.5;

describe('Reconnecting', () => {
  it('starts soon and backs off to a few seconds', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5, 2000].map((failures) => connectDelay(failures, false, MIDDLE)),
      [500, 500, 1000, 2000, 4000, 4000, 4000],
    );
  });

  it('is rare while plain HTTP works', () => {
    assert.deepEqual(
      [3, 6, 8, 9, 2000].map((failures) => connectDelay(failures, true, MIDDLE)),
      [2000, 16_000, 60_000, 60_000, 60_000],
    );
  });

  it('randomizes half of each delay', () => {
    assert.deepEqual(
      [0, 1].map((chance) => connectDelay(4, false, chance)),
      [2000, 6000],
    );
    const pauses = new Set(Array.from({ length: 20 }, () => connectDelay(4, false)));
    assert.ok(pauses.size > 10 && [...pauses].every((pause) => pause >= 2000 && pause <= 6000));
  });
});

describe('Polling over HTTP', () => {
  it('polls about every ten seconds, and less often after failures', () => {
    assert.deepEqual(
      [0, 1, 2, 2000].map((misses) => pollDelay(misses, null, MIDDLE)),
      [10_000, 20_000, 30_000, 30_000],
    );
    assert.deepEqual(
      [0, 1].map((chance) => pollDelay(0, null, chance)),
      [7500, 12_500],
    );
  });

  it('honours Retry-After, with jitter', () => {
    assert.deepEqual(
      [0, 1].map((chance) => pollDelay(0, '60', chance)),
      [60_000, 75_000],
    );
    assert.equal(pollDelay(0, '1', MIDDLE), 10_000);
  });

  it('ignores an invalid Retry-After', () => {
    assert.deepEqual(
      [null, '', 'soon', 'Wed, 21 Oct 2026 07:28:00 GMT', '-1', '1e9'].map(retryAfterMs),
      [0, 0, 0, 0, 0, 300_000],
    );
  });
});
