import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Sequelize } from 'sequelize';
import { subscribe } from '../../src/events/index.ts';
import { preparedSql } from '../../src/database/sql.ts';
import { Task } from '../../src/models/index.ts';
import { afterCommit, unitOfWork } from '../../src/database/transaction.ts';
import type { Viewer } from '../../src/database/visible-lists.ts';
import { openTestDatabase } from '../support/database.ts';
import { person } from '../support/people.ts';
import { createTask } from '../../src/models/task/commands.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let sequelize: Sequelize;
let ana: Viewer;
let told: (number | null)[];

before(async () => {
  database = await openTestDatabase();
  ({ sequelize } = database);
  ana = await person('ana');
});
after(() => database.close());

const write = (description: string): Promise<Task> => createTask(ana, { listId: ana.listId, description });
const stored = (description: string): Promise<number> => Task.count({ where: { description } });

/** Runs the work and gives the ids of the tasks that were announced meanwhile. */
async function announced(work: () => Promise<unknown>): Promise<(number | null)[]> {
  told = [];
  const stop = subscribe('changed', (_name, { id }) => {
    told.push(id);
  });
  try {
    await work();
    return told;
  } finally {
    stop();
  }
}

describe('a unit of work', () => {
  it('takes every query inside into its transaction, without passing it on', async () => {
    await assert.rejects(
      unitOfWork(ana.id, async () => {
        await write('taken along');
        throw new Error('undone');
      }),
      /undone/,
    );
    assert.equal(await stored('taken along'), 0);
  });

  it('announces after the commit, and not before', async () => {
    let during = -1;
    const ids = await announced(() =>
      unitOfWork(ana.id, async () => {
        await write('announced late');
        during = told.length;
      }),
    );
    assert.deepEqual([during, ids.length], [0, 1]);
  });

  it('announces a create that needs no transaction as soon as it is stored', async () => {
    assert.equal((await announced(() => write('at once'))).length, 1);
  });

  it('announces nothing when it is rolled back', async () => {
    const ids = await announced(() =>
      unitOfWork(ana.id, async () => {
        await write('never told');
        throw new Error('no');
      }).catch(() => undefined),
    );
    assert.deepEqual(ids, []);
  });

  it('announces nothing when the commit itself fails', async () => {
    await sequelize.query('ALTER TABLE tasks ADD CONSTRAINT tried UNIQUE (description) DEFERRABLE INITIALLY DEFERRED');
    try {
      await write('same');
      const ids = await announced(() => assert.rejects(unitOfWork(ana.id, () => write('same'))));
      assert.deepEqual([ids, await stored('same')], [[], 1]);
    } finally {
      await sequelize.query('ALTER TABLE tasks DROP CONSTRAINT tried');
    }
  });

  it('joins the unit around it, which alone commits', async () => {
    await assert.rejects(
      unitOfWork(ana.id, async () => {
        await unitOfWork(ana.id, () => write('inner'));
        throw new Error('outer');
      }),
      /outer/,
    );
    assert.equal(await stored('inner'), 0);
  });

  it('lets no branch that outlives it commit on its own', async () => {
    let late: Promise<unknown> = Promise.resolve();
    let ended!: () => void;
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    await assert.rejects(
      unitOfWork(ana.id, async () => {
        late = end.then(() => write('too late'));
        late.catch(() => undefined);
        await Promise.all([late, Promise.reject(new Error('first'))]);
      }),
      /first/,
    );
    ended();
    await assert.rejects(late);
    assert.equal(await stored('too late'), 0);
  });

  it('tries a deadlock again from the start, and then both are stored', async () => {
    const [one, two] = [await write('one'), await write('two')];
    const raise = (ids: number[]): Promise<void> =>
      unitOfWork(ana.id, async () => {
        for (const id of ids)
          await sequelize.query(`UPDATE tasks SET priority = priority + 1 WHERE id = ${String(id)}`);
      });
    await Promise.all([raise([one.id, two.id]), raise([two.id, one.id])]);
    await Promise.all([one.reload(), two.reload()]);
    assert.deepEqual([one.priority, two.priority], [2, 2]);
  });

  it('tries a deadlock of a prepared statement again too, whose error comes as it is', async () => {
    await sequelize.query(
      "CREATE FUNCTION give_up() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE 'given up' USING ERRCODE = '40P01'; END $$",
    );
    let attempts = 0;
    await unitOfWork(ana.id, async () => {
      attempts += 1;
      if (attempts < 3) await preparedSql('SELECT give_up()', []);
    });
    assert.equal(attempts, 3);
  });

  it('does not try other errors again', async () => {
    let attempts = 0;
    await assert.rejects(
      unitOfWork(ana.id, () => {
        attempts += 1;
        return sequelize.query('SELECT 1 / 0');
      }),
    );
    assert.equal(attempts, 1);
  });

  it('keeps units that run at once apart', async () => {
    const ids = await announced(() =>
      Promise.allSettled(
        [1, 2, 3, 4].map((n) =>
          unitOfWork(ana.id, async () => {
            const task = await write(`apart ${String(n)}`);
            if (n % 2) throw new Error('odd');
            return task;
          }),
        ),
      ),
    );
    assert.equal(ids.length, 2);
    assert.deepEqual(await Promise.all([1, 2, 3, 4].map((n) => stored(`apart ${String(n)}`))), [0, 1, 0, 1]);
  });

  it('runs what waits for the commit at once where there is no unit', () => {
    let ran = false;
    afterCommit(() => {
      ran = true;
    });
    assert.ok(ran);
  });
});
