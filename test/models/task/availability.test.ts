import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { QueryTypes } from 'sequelize';
import { subscribe } from '../../../src/events/index.ts';
import { ValidationError } from '../../../src/lib/errors.ts';
import { Event, Task } from '../../../src/models/index.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import type { Announcement } from '../../../src/shared/events.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { eventually } from '../../support/process.ts';
import { listPositions, findSidebar } from '../../../src/models/list/queries.ts';
import {
  completeTask,
  createTask,
  editTask,
  moveToTrash,
  refreshAvailability,
  reopenTask,
  restoreTask,
} from '../../../src/models/task/commands.ts';
import { findTasks } from '../../../src/models/task/list-page.ts';

const HOUR = 3_600_000;
const inHours = (hours: number): Date => new Date(Date.now() + hours * HOUR);
const soon = (ms = 300): Date => new Date(Date.now() + ms);

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let eve: Viewer;

before(async () => {
  database = await openTestDatabase();
  ana = await person('ana');
  eve = await person('eve');
});
after(() => database.close());

const write = (input: Partial<Parameters<typeof createTask>[1]> = {}, viewer = ana): Promise<Task> =>
  createTask(viewer, { listId: viewer.listId, description: 'Send the invitations', ...input });
const row = (values: Partial<Task> = {}) => ({ listId: ana.listId, userId: ana.id, description: 'x', ...values });
const stored = async ({ id }: { id: number }): Promise<Task> =>
  await Task.findByPk(id, { paranoid: false, rejectOnEmpty: true });
const listed = async (status: 'open' | 'scheduled'): Promise<number[]> =>
  (await findTasks(ana, { status, sort: 'newest' }, null, 200)).tasks.map(({ id }) => id);
const openCount = async (): Promise<number> => (await findSidebar(ana)).lists[0]!.open;
const version = async (viewer = ana): Promise<number> => (await listPositions([viewer.listId]))[viewer.listId]!.version;
const sql = (text: string): Promise<unknown> => database.sequelize.query(text);
const isPast = async (time: Date): Promise<boolean> =>
  (
    await database.sequelize.query<{ past: boolean }>('SELECT now() >= $1 AS past', {
      bind: [time],
      type: QueryTypes.SELECT,
    })
  )[0]!.past;

describe('task.available', () => {
  const windows: [string, Date | null, Date | null, boolean][] = [
    ['without a window', null, null, true],
    ['before its beginning', inHours(1), null, false],
    ['after its beginning', inHours(-1), null, true],
    ['before its end', null, inHours(1), true],
    ['after its end', null, inHours(-1), false],
    ['inside its window', inHours(-1), inHours(1), true],
    ['before its window', inHours(1), inHours(2), false],
    ['after its window', inHours(-2), inHours(-1), false],
  ];
  for (const [when, availableFrom, availableUntil, expected] of windows) {
    it(`${when}: ${String(expected)}, however it is written`, async () => {
      const window = { availableFrom, availableUntil };
      const created = await Task.create(row(window));
      assert.equal(created.available, expected, 'create');
      const contradicting = await Task.create(row({ ...window, available: !expected }));
      assert.equal(contradicting.available, expected, 'create with the wrong value');
      const saved = await Task.create(row());
      await saved.set(window).save({ returning: true });
      assert.equal(saved.available, expected, 'save');
      const revised = await write();
      if (when !== 'after its end')
        assert.equal(
          (await editTask(revised, ana, { description: 'x', ...window }, 1)).available,
          expected,
          'editTask',
        );
      const [bulk] = await Task.bulkCreate([row(window)]);
      assert.equal((await stored(bulk!)).available, expected, 'bulkCreate');
      const updated = await Task.create(row());
      await Task.update(window, { where: { id: updated.id } });
      assert.equal((await stored(updated)).available, expected, 'bulk update');
      await sql(`UPDATE tasks SET available = NOT available WHERE id = ${String(updated.id)}`);
      assert.equal((await stored(updated)).available, expected, 'raw SQL with the wrong value');
      await Task.update({ availableFrom: null, availableUntil: null }, { where: { id: updated.id } });
      assert.equal((await stored(updated)).available, true, 'after clearing the window');
    });
  }

  it('is recomputed when the task is restored or reopened', async () => {
    const [trashed, done] = [await write({ availableFrom: soon() }), await write({ availableFrom: soon() })];
    await moveToTrash(trashed, ana);
    await completeTask(done, ana);
    await eventually(() => isPast(done.availableFrom!), 'the start of the window');
    assert.equal(await refreshAvailability(), 0, 'tasks that are done or in the trash are not updated');
    await restoreTask(trashed, ana);
    assert.equal((await stored(trashed)).available, true);
    assert.equal((await reopenTask(done, ana)).available, true);
  });
});

describe('the availability window', () => {
  const validationError =
    (path: string, message: string) =>
    (error: unknown): boolean =>
      error instanceof ValidationError && error.errors.some((one) => one.path === path && one.message === message);
  const backwards = validationError('availableUntil', 'errors.windowBackwards');

  it('must end after it begins, which defaults to the creation of the task', async () => {
    await assert.rejects(write({ availableFrom: inHours(2), availableUntil: inHours(1) }), backwards);
    const same = inHours(1);
    await assert.rejects(write({ availableFrom: same, availableUntil: same }), backwards);
    await assert.rejects(write({ availableUntil: inHours(-1) }), backwards);
    await assert.rejects(write({ availableUntil: inHours(-1), categoryIds: [1] }), backwards);
    assert.equal((await write({ availableFrom: inHours(-2), availableUntil: inHours(-1) })).available, false);
  });

  it('must end after it begins when only one end is changed', async () => {
    const task = await write({ availableFrom: inHours(2), availableUntil: inHours(3) });
    await assert.rejects(editTask(task, ana, { description: 'x', availableFrom: inHours(4) }, 1), backwards);
    await assert.rejects(editTask(task, ana, { description: 'x', availableUntil: inHours(1) }, 1), backwards);
    await assert.rejects(editTask(await write(), ana, { description: 'x', availableUntil: inHours(-1) }, 1), backwards);
    const kept = await editTask(task, ana, { description: 'y' }, 1);
    assert.deepEqual(
      { availableFrom: kept.availableFrom, availableUntil: kept.availableUntil },
      { availableFrom: task.availableFrom, availableUntil: task.availableUntil },
    );
    assert.equal(
      (await editTask(task, ana, { description: 'y', availableFrom: null, availableUntil: null }, 2)).available,
      true,
    );
  });

  it('may be in the past when something else is changed', async () => {
    const task = await Task.create(row({ availableUntil: inHours(-1) }));
    assert.equal((await editTask(task, ana, { description: 'y' }, 1)).description, 'y');
  });

  it('accepts only times that the database can store', async () => {
    for (const time of [new Date(8.64e15), new Date(-8.64e15), new Date(NaN)]) {
      await assert.rejects(write({ availableFrom: time }), validationError('availableFrom', 'errors.timeInvalid'));
      await assert.rejects(write({ availableUntil: time }), validationError('availableUntil', 'errors.timeInvalid'));
    }
  });

  it('is checked by the database too', () =>
    assert.rejects(
      Task.create(row({ availableFrom: inHours(2), availableUntil: inHours(1) })),
      /tasks_available_from_available_until_check/,
    ));

  it('raises the revision, but not the text revision', async () => {
    const task = await write();
    const revised = await editTask(task, ana, { description: task.description, availableFrom: inHours(1) }, 1);
    assert.deepEqual(
      { revision: revised.revision, textRevision: revised.textRevision },
      { revision: 2, textRevision: 1 },
    );
  });
});

/** Repeats like the job until nothing is due. */
async function refreshAll(): Promise<number> {
  const changed = await refreshAvailability();
  return changed === 0 ? 0 : changed + (await refreshAll());
}

describe('refreshAvailability', () => {
  const waitUntil = (task: Task, available: boolean): Promise<unknown> =>
    eventually(
      async () => {
        await refreshAvailability();
        return (await stored(task)).available === available;
      },
      `${String(task.id)} to be ${available ? '' : 'un'}available`,
    );

  it('shows and hides tasks when their window opens and closes, and counts them', async () => {
    const before = await openCount();
    const task = await write({ availableFrom: soon(300), availableUntil: soon(900) });
    assert.deepEqual(
      {
        open: (await listed('open')).includes(task.id),
        scheduled: (await listed('scheduled')).includes(task.id),
        openCount: await openCount(),
      },
      { open: false, scheduled: true, openCount: before },
    );
    await waitUntil(task, true);
    assert.deepEqual(
      {
        open: (await listed('open')).includes(task.id),
        scheduled: (await listed('scheduled')).includes(task.id),
        openCount: await openCount(),
      },
      { open: true, scheduled: false, openCount: before + 1 },
    );
    await waitUntil(task, false);
    assert.deepEqual(
      {
        open: (await listed('open')).includes(task.id),
        scheduled: (await listed('scheduled')).includes(task.id),
        openCount: await openCount(),
      },
      { open: false, scheduled: true, openCount: before },
    );
  });

  it('records an event without an actor, raises the revision and announces it', async () => {
    const task = await write({ availableFrom: soon(), availableUntil: inHours(1) });
    const announced: Announcement[] = [];
    const stop = subscribe('changed', (name, announcement) => {
      if (name === 'task_updated') announced.push(announcement);
    });
    const before = await version();
    await waitUntil(task, true);
    stop();
    const after = await stored(task);
    assert.deepEqual(
      { revision: after.revision, textRevision: after.textRevision, version: await version() },
      { revision: 2, textRevision: 1, version: before + 1 },
    );
    assert.deepEqual(announced, [{ id: null, listId: ana.listId }]);
    const event = await Event.findOne({ where: { listId: ana.listId, version: before + 1 }, rejectOnEmpty: true });
    assert.deepEqual(
      { name: event.name, actorId: event.actorId, subjectId: event.subjectId, changes: event.changes },
      { name: 'task_updated', actorId: null, subjectId: task.id, changes: { available: [false, true] } },
    );
  });

  it('changes and announces nothing when nothing is due', async () => {
    await write({ availableFrom: inHours(1) });
    await write({ availableUntil: inHours(1) });
    await Task.create(row({ availableFrom: inHours(-2), availableUntil: inHours(-1) }));
    await refreshAvailability();
    let announced = 0;
    const stop = subscribe('changed', () => {
      announced += 1;
    });
    const before = await version();
    assert.equal(await refreshAvailability(), 0);
    stop();
    assert.deepEqual({ version: await version(), announced }, { version: before, announced: 0 });
  });

  it('changes each task once, over several batches and with concurrent calls', async () => {
    const from = soon(1500);
    await Task.bulkCreate(
      Array.from({ length: 1300 }, (_, n) =>
        row({ ...(n % 2 && { listId: eve.listId }), description: `of many ${String(n)}`, availableFrom: from }),
      ),
    );
    await eventually(() => isPast(from), 'the start of the window');
    const before = { ana: await version(), eve: await version(eve) };
    const changed = await Promise.all(Array.from({ length: 4 }, refreshAll));
    assert.equal(
      changed.reduce((sum, n) => sum + n, 0),
      1300,
    );
    assert.deepEqual(
      { ana: await version(), eve: await version(eve) },
      { ana: before.ana + 650, eve: before.eve + 650 },
    );
    assert.equal(await Task.count({ where: { availableFrom: from, available: true, revision: 2 } }), 1300);
  });

  it('skips a locked task until the next call', async () => {
    const [locked, free] = [await write({ availableFrom: soon() }), await write({ availableFrom: soon() })];
    await eventually(() => isPast(free.availableFrom!), 'the start of the window');
    const other = new pg.Client(database.connection);
    await other.connect();
    await other.query(`BEGIN; SELECT FROM tasks WHERE id = ${String(locked.id)} FOR NO KEY UPDATE`);
    assert.equal(await refreshAvailability(), 1);
    assert.deepEqual(
      { locked: (await stored(locked)).available, free: (await stored(free)).available },
      { locked: false, free: true },
    );
    await other.query('COMMIT');
    await other.end();
    assert.equal(await refreshAvailability(), 1);
  });
});
