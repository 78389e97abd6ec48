import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/chromium.ts';
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { check } from './checker.ts';
import { report, summary, violationsOf } from './report.ts';
import { run } from './run.ts';

/** Total duration of the attacks, each run at least once; fractions are allowed. */
const minutes = Number(process.env.NEMESIS_MINUTES ?? 1);
/** The same seed makes the same choices; timing varies. */
const seed = Number(process.env.NEMESIS_SEED ?? randomInt(2 ** 31));
/** Shares of the time if Redis is installed. */
const SHARE = { postgres: 2 / 3, redis: 1 / 3 };

suite('Under crashes, disconnects and restarts', () => {
  let chromium: Browser;
  before(async () => {
    chromium = await launchBrowser();
  });
  after(() => chromium.close());

  const checkRun = async (title: string, share: number, redis: TestRedis | null): Promise<void> => {
    console.log(`NEMESIS_SEED=${seed}, ${title}`);
    const { evidence, log } = await run({
      seed,
      minutes: minutes * share,
      chromium,
      redis,
      log: (line) => {
        console.log(`  ${line}`);
      },
    });
    const figures = check(evidence);
    console.log(report(summary(evidence), figures));
    assert.deepEqual(violationsOf(figures), [], log);
  };

  test('nothing is lost or delivered twice, and every tab becomes current again', () =>
    checkRun('hints over PostgreSQL', hasRedis ? SHARE.postgres : 1, null));

  if (hasRedis) {
    test('the same holds with hints over Redis', async () => {
      const redis = await startRedis();
      try {
        await checkRun('hints over Redis', SHARE.redis, redis);
      } finally {
        await redis.remove();
      }
    });
  }
});
