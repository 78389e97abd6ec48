import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import type { Sequelize } from 'sequelize';
import { startJobs } from '../../src/jobs/index.ts';
import { jobs, type Job } from '../../src/jobs/jobs.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { openTestDatabase } from '../support/database.ts';
import { recorder } from '../support/recorder.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let sequelize: Sequelize;
let lines: string[];
const log = createLogger(
  'info',
  new Writable({
    write: (line: Buffer, _encoding, done) => {
      lines.push(line.toString());
      done();
    },
  }),
);

before(async () => {
  database = await openTestDatabase();
  ({ sequelize } = database);
});
after(() => database.close());

const soon = (name: string, batch: Job['batch']): Job => ({ name, firstMs: 1, everyMs: 5, batch });

/** Keeps house with one job until it was done so many times. */
async function keepHouse(job: Job, done: () => Promise<void>): Promise<void> {
  lines = [];
  const jobs = startJobs(log, [job]);
  await done().finally(() => jobs.close());
}

describe('jobs', () => {
  it('does a job in batches until nothing is left, and again at its next time', async () => {
    const left = [3, 2, 0, 0, 4, 0];
    const batches = recorder<number>();
    await keepHouse(
      soon('counted', () => {
        const done = left.shift() ?? 0;
        batches.add(done);
        return Promise.resolve(done);
      }),
      () => batches.until((all) => all.length > 7),
    );
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { done: number }).done),
      [5, 4],
    );
  });

  it('says once that a job fails, and goes on trying', async () => {
    const tries = recorder<number>();
    await keepHouse(
      soon('broken', () => {
        tries.add(1);
        return Promise.reject(new Error('no'));
      }),
      () => tries.until((all) => all.length > 2),
    );
    assert.equal(lines.filter((line) => line.includes('"broken"')).length, 1);
  });

  it('undoes a batch that fails half-way', async () => {
    await sequelize.query('CREATE TABLE done (n integer)');
    const tries = recorder<number>();
    await keepHouse(
      soon('half', async () => {
        await sequelize.query('INSERT INTO done VALUES (1)');
        tries.add(1);
        throw new Error('no');
      }),
      () => tries.until((all) => all.length > 1),
    );
    assert.deepEqual((await sequelize.query('SELECT FROM done'))[0], []);
  });

  it('is done by one process at a time, and another goes on where it ends', async () => {
    let atOnce = 0;
    const most = recorder<number>();
    const job = soon('alone', async () => {
      atOnce += 1;
      most.add(atOnce);
      await sequelize.query('SELECT pg_sleep(0.005)');
      atOnce -= 1;
      return 1;
    });
    const other = startJobs(log, [job]);
    await keepHouse(job, () => most.until((all) => all.length > 10));
    await most.until((all) => all.length > 15);
    await other.close();
    assert.deepEqual([...new Set(most.all)], [1]);
  });

  it('ends when the batch that has begun is done, and begins no other', async () => {
    const told = recorder<string>();
    let finish: (done: number) => void = () => undefined;
    const jobs = startJobs(log, [
      soon(
        'slow',
        () =>
          new Promise((resolve) => {
            finish = resolve;
            told.add('begun');
          }),
      ),
    ]);
    await told.until((all) => all.length === 1);
    const closed = jobs.close().then(() => {
      told.add('closed');
    });
    finish(1);
    await closed;
    assert.deepEqual(told.all, ['begun', 'closed']);
  });

  it('can do each of its jobs', async () => {
    for (const { batch } of jobs) assert.equal(await batch(), 0);
  });
});
