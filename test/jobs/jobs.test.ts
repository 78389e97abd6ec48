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

const frequent = (name: string, batch: Job['batch']): Job => ({ name, firstMs: 1, everyMs: 5, batch });

/** Runs one job until the condition is met. */
async function runUntil(job: Job, done: () => Promise<void>): Promise<void> {
  lines = [];
  const jobs = startJobs(log, [job]);
  await done().finally(() => jobs.close());
}

describe('jobs', () => {
  it('runs a job in batches until nothing is left, and again after its interval', async () => {
    const left = [3, 2, 0, 0, 4, 0];
    const batches = recorder<number>();
    await runUntil(
      frequent('counted', () => {
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

  it('logs once that a job failed, and retries it', async () => {
    const tries = recorder<number>();
    await runUntil(
      frequent('broken', () => {
        tries.add(1);
        return Promise.reject(new Error('no'));
      }),
      () => tries.until((all) => all.length > 2),
    );
    assert.equal(lines.filter((line) => line.includes('"broken"')).length, 1);
  });

  it('rolls back a batch that fails', async () => {
    await sequelize.query('CREATE TABLE done (n integer)');
    const tries = recorder<number>();
    await runUntil(
      frequent('half', async () => {
        await sequelize.query('INSERT INTO done VALUES (1)');
        tries.add(1);
        throw new Error('no');
      }),
      () => tries.until((all) => all.length > 1),
    );
    assert.deepEqual((await sequelize.query('SELECT FROM done'))[0], []);
  });

  it('run in one process at a time, and another process takes over', async () => {
    let atOnce = 0;
    const most = recorder<number>();
    const job = frequent('alone', async () => {
      atOnce += 1;
      most.add(atOnce);
      await sequelize.query('SELECT pg_sleep(0.005)');
      atOnce -= 1;
      return 1;
    });
    const other = startJobs(log, [job]);
    await runUntil(job, () => most.until((all) => all.length > 10));
    await most.until((all) => all.length > 15);
    await other.close();
    assert.deepEqual([...new Set(most.all)], [1]);
  });

  it('end when the running batch is done, and start no other', async () => {
    const steps = recorder<string>();
    let finish: (done: number) => void = () => undefined;
    const jobs = startJobs(log, [
      frequent(
        'slow',
        () =>
          new Promise((resolve) => {
            finish = resolve;
            steps.add('begun');
          }),
      ),
    ]);
    await steps.until((all) => all.length === 1);
    const closed = jobs.close().then(() => {
      steps.add('closed');
    });
    finish(1);
    await closed;
    assert.deepEqual(steps.all, ['begun', 'closed']);
  });

  it('sleep until something is due, and ask again when woken', async () => {
    const runs = recorder<number>();
    const asked = recorder<number | null>();
    const answers = [null, 30, null];
    let wake: () => void = () => undefined;
    const running = startJobs(log, [
      {
        name: 'due',
        firstMs: 1,
        everyMs: 600_000,
        batch: () => {
          runs.add(performance.now());
          return Promise.resolve(0);
        },
        nextDue: () => {
          const due = answers[asked.all.length] ?? null;
          asked.add(due);
          return Promise.resolve(due);
        },
        subscribe: (callback) => {
          wake = callback;
          return () => undefined;
        },
      },
    ]);
    try {
      await asked.until((all) => all.length === 1);
      assert.equal(runs.all.length, 1, 'nothing is due');
      wake();
      await asked.until((all) => all.length === 2);
      assert.equal(runs.all.length, 1, 'not due yet');
      const woken = performance.now();
      await runs.until((all) => all.length === 2);
      assert.ok((runs.all[1] ?? 0) - woken >= 25, 'runs when due');
      await asked.until((all) => all.length === 3);
    } finally {
      await running.close();
    }
  });

  it('retry soon after an error if they wait for due times', async () => {
    const asked = recorder<true>();
    const job: Job = {
      ...frequent('unanswered', () => Promise.resolve(0)),
      nextDue: () => {
        asked.add(true);
        return Promise.reject(new Error('no'));
      },
    };
    await runUntil(job, () => asked.until((all) => all.length > 2));
    assert.equal(lines.filter((line) => line.includes('job failed, will retry')).length, 1);
  });

  it('find nothing to do in a new database', async () => {
    for (const { batch, nextDue } of jobs) {
      assert.equal(await batch(), 0);
      assert.equal((await nextDue?.()) ?? null, null);
    }
  });
});
