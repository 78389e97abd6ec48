import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { SharedRate } from '../../src/lib/shared-rate.ts';
import { openTestDatabase } from '../support/database.ts';
import { eventually } from '../support/process.ts';

describe('A shared rate', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.close());

  const rate = (storeClient: unknown = database.sequelize): SharedRate =>
    new SharedRate(
      new RateLimiterPostgres({
        storeClient,
        tableName: 'throttles',
        tableCreated: true,
        keyPrefix: 'test',
        points: 10,
        duration: 60,
        clearExpiredByTimeout: false,
      }),
    );

  it('counts exactly in one process, and names what remains', () => {
    const one = rate();
    const states = Array.from({ length: 11 }, () => one.count('exact'));
    assert.deepEqual(
      [states[0]?.remaining, states[9]?.remaining, states[9]?.isOver, states[10]?.isOver],
      [9, 0, false, true],
    );
    assert.equal(one.count('another').remaining, 9);
  });

  it('adds up what several processes count, and is over in all of them', async () => {
    const [one, other] = [rate(), rate()];
    const start = Date.now();
    for (let n = 0; n < 6; n += 1) for (const each of [one, other]) each.count('both', start);
    await eventually(() => {
      const later = Date.now() + 1500;
      return one.count('both', later).isOver && other.count('both', later).isOver;
    }, 'both to know of each other');
  });

  it('begins anew after its window', () => {
    const one = rate();
    for (let n = 0; n < 11; n += 1) one.count('window');
    assert.equal(one.count('window', Date.now() + 61_000).remaining, 9);
  });
});
