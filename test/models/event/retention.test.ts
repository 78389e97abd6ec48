import assert from 'node:assert/strict';
import { AsyncResource } from 'node:async_hooks';
import { after, before, beforeEach, describe, it } from 'node:test';
import { QueryTypes, type Sequelize } from 'sequelize';
import { presentCatchUp } from '../../../src/presenters/event.ts';
import { Event, List } from '../../../src/models/index.ts';
import { unitOfWork } from '../../../src/database/transaction.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { limits } from '../../../src/shared/limits.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { eventsAfter, eventsSince } from '../../../src/models/event/queries.ts';
import { pruneEvents } from '../../../src/models/event/retention.ts';
import { createTask } from '../../../src/models/task/commands.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let sequelize: Sequelize;
let ana: Viewer;
const outside = new AsyncResource('outside');
/** Runs on a separate connection, outside the surrounding unit of work, like another process. */
const apart = <T>(work: () => Promise<T>): Promise<T> => outside.runInAsyncScope(work);

before(async () => {
  database = await openTestDatabase();
  ({ sequelize } = database);
});
after(() => database.close());
beforeEach(async () => {
  // Otherwise the events of earlier tests would be pruned first.
  await sequelize.query('DELETE FROM events; DELETE FROM lists; DELETE FROM users');
  ana = await person(`ana${String(Math.random())}`);
});

/** Creates tasks of ana, and makes the oldest of their events old. */
async function createTasks(tasks: number, { old = 0, days = limits.eventDays + 1 } = {}): Promise<void> {
  await sequelize.query(
    `INSERT INTO tasks (list_id, user_id, description) SELECT $1, $2, 'Task ' || n FROM generate_series(1, $3::integer) n`,
    { bind: [ana.listId, ana.id, tasks] },
  );
  await sequelize.query(
    `UPDATE events SET created_at = now() - make_interval(days => $3) WHERE list_id = $1 AND version <= $2`,
    { bind: [ana.listId, old, days] },
  );
}

/** The versions that are kept; checks that `kept_from` and `version` of the list agree. */
async function kept(): Promise<{ from: number; to: number }> {
  const list = await List.findByPk(ana.listId, { rejectOnEmpty: true });
  const events = await Event.findAll({ where: { listId: ana.listId }, order: [['version', 'ASC']] });
  assert.deepEqual(
    events.map(({ version }) => version),
    Array.from({ length: list.version - list.keptFrom + 1 }, (_, n) => list.keptFrom + n),
  );
  return { from: list.keptFrom, to: list.version };
}

async function pruneAll(limit: number = limits.pruneBatch): Promise<number[]> {
  const batches: number[] = [];
  for (let last = await pruneEvents(limit); last > 0; last = await pruneEvents(limit)) batches.push(last);
  return batches;
}

describe('pruneEvents', () => {
  it('keeps the events of thirty days, without a gap', async () => {
    await createTasks(1500, { old: 120 });
    assert.deepEqual(await pruneAll(50), [50, 50, 20]);
    assert.deepEqual(await kept(), { from: 121, to: 1500 });
  });

  it('keeps the newest thousand, whatever their age', async () => {
    await createTasks(1300, { old: 1300 });
    assert.deepEqual(await pruneAll(), [300]);
    assert.deepEqual(await kept(), { from: 301, to: 1300 });
    await createTasks(1, { old: 1301 });
    assert.deepEqual(await pruneAll(), [1]);
  });

  it('deletes nothing when nothing is old or there is little', async () => {
    await createTasks(1000, { old: 1000 });
    assert.equal(await pruneEvents(limits.pruneBatch), 0);
    await createTasks(500, { old: 1500, days: limits.eventDays - 1 });
    assert.equal(await pruneEvents(limits.pruneBatch), 0);
    assert.deepEqual(await kept(), { from: 1, to: 1500 });
  });

  it('prunes one list after the other', async () => {
    await createTasks(1010, { old: 1010 });
    const lists = [ana.listId];
    ana = await person(`bob${String(Math.random())}`);
    await createTasks(1020, { old: 1020 });
    lists.push(ana.listId);
    assert.deepEqual(await pruneAll(), [10, 20]);
    assert.deepEqual(
      (await List.findAll({ where: { id: lists }, order: ['id'] })).map(({ keptFrom }) => keptFrom),
      [11, 21],
    );
  });
});

describe('a catch-up after pruning', () => {
  it('resets from before the kept events, and is complete from the oldest kept one', async () => {
    await createTasks(1200, { old: 1200 });
    await pruneAll();
    const { from, to } = await kept();
    const answer = async (version: number) => {
      const positions = { [ana.listId]: { version } };
      return presentCatchUp(await eventsSince(ana.id, positions), positions, 'http://localhost')[ana.listId];
    };
    for (const version of [0, from - 2]) {
      const { epoch: _, ...position } = (await answer(version)) ?? { epoch: '' };
      assert.deepEqual(position, { reset: true, version: to });
    }
    const log = await eventsAfter(ana.listId, from - 1, limits.catchUp);
    assert.deepEqual(log?.events.map(({ version }) => version).slice(0, 2), [from, from + 1]);
    const near = await answer(to - 3);
    assert.equal(near && 'events' in near && near.events.length, 3);
  });
});

describe('concurrent pruning', () => {
  it('skips a list that is being written to, without waiting', async () => {
    await createTasks(1100, { old: 1100 });
    await unitOfWork(ana.id, async () => {
      await createTask(ana, { listId: ana.listId, description: 'In the making' });
      assert.equal(await apart(() => pruneEvents(limits.pruneBatch)), 0);
    });
    assert.deepEqual(await pruneAll(), [101]);
    assert.deepEqual(await kept(), { from: 102, to: 1101 });
  });

  it('deletes only up to the first event that a purge has locked', async () => {
    await createTasks(1100, { old: 1100 });
    await unitOfWork(null, async () => {
      await sequelize.query('SELECT FROM events WHERE list_id = $1 AND version IN (41, 43) FOR UPDATE', {
        bind: [ana.listId],
      });
      assert.equal(await apart(() => pruneEvents(limits.pruneBatch)), 40);
    });
    assert.deepEqual(await kept(), { from: 41, to: 1100 });
    assert.deepEqual(await pruneAll(), [60]);
  });

  it('loses no event of concurrent writers, and deletes nothing twice', async () => {
    await createTasks(2000, { old: 2000 });
    let pruning = true;
    let written = 0;
    const writers = Array.from({ length: 3 }, async () => {
      while (pruning) {
        await createTask(ana, { listId: ana.listId, description: 'Meanwhile' });
        written += 1;
      }
    });
    const pruners = Array.from({ length: 2 }, async () => {
      let pruned = 0;
      // A call that finds the list locked deletes nothing; the next one counts.
      while ((await List.findByPk(ana.listId, { rejectOnEmpty: true })).keptFrom <= 1000)
        pruned += await pruneEvents(20);
      return pruned;
    });
    const pruned = await Promise.all(pruners).finally(() => {
      pruning = false;
    });
    await Promise.all(writers);
    const { from, to } = await kept();
    assert.ok(written > 0);
    assert.deepEqual({ to, pruned: pruned[0]! + pruned[1]! }, { to: 2000 + written, pruned: from - 1 });
  });

  it('does not deadlock with purges', async () => {
    await createTasks(1400, { old: 1400 });
    const ids = await sequelize.query<{ id: number }>('SELECT id FROM tasks WHERE list_id = $1 ORDER BY id DESC', {
      bind: [ana.listId],
      type: QueryTypes.SELECT,
    });
    const purges = Array.from({ length: 20 }, (_, n) =>
      sequelize.query('DELETE FROM tasks WHERE id = ANY($1)', {
        bind: [ids.slice(n * 70, n * 70 + 70).map(({ id }) => id)],
      }),
    );
    await Promise.all([...purges, pruneAll(10), pruneAll(10)]);
    await pruneAll();
    await kept();
  });
});
