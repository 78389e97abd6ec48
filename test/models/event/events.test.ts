import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Sequelize } from 'sequelize';
import { Event, List, Task } from '../../../src/models/index.ts';
import { unitOfWork } from '../../../src/database/transaction.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { createCategory, destroyCategory } from '../../../src/models/category/commands.ts';
import { eventsAfter, eventsSince } from '../../../src/models/event/queries.ts';
import { listPositions } from '../../../src/models/list/queries.ts';
import {
  completeTask,
  createTask,
  editTask,
  moveToTrash,
  purgeTask,
  reopenTask,
  restoreTask,
} from '../../../src/models/task/commands.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let sequelize: Sequelize;
let ana: Viewer;
let bob: Viewer;
let people = 0;

before(async () => {
  database = await openTestDatabase();
  ({ sequelize } = database);
});
after(() => database.close());
beforeEach(async () => {
  people += 1;
  ana = await person(`ana${String(people)}`);
  bob = await person(`bob${String(people)}`);
});

const eventsOf = (viewer: Viewer): Promise<Event[]> =>
  Event.findAll({ where: { listId: viewer.listId }, order: [['version', 'ASC']] });
const namesOf = async (viewer: Viewer): Promise<string[]> => (await eventsOf(viewer)).map(({ name }) => name);
const write = (viewer: Viewer, description: string): Promise<Task> =>
  createTask(viewer, { listId: viewer.listId, description });

describe('the event log', () => {
  it('numbers a new task, with its author as the actor', async () => {
    const task = await write(ana, 'Order the posters');
    const [event] = await eventsOf(ana);
    assert.deepEqual(
      {
        version: event?.version,
        name: event?.name,
        actorId: event?.actorId,
        subject: event?.subject,
        subjectId: event?.subjectId,
        revision: event?.revision,
      },
      { version: 1, name: 'new_task', actorId: ana.id, subject: 'task', subjectId: task.id, revision: 1 },
    );
    assert.equal((await List.findByPk(ana.listId))?.version, 1);
  });

  it('records each kind of change by its name', async () => {
    const task = await write(ana, 'Book the hall');
    await completeTask(task, ana);
    await reopenTask(task, ana);
    await moveToTrash(task, ana);
    await restoreTask(task, ana);
    await purgeTask(task, ana);
    assert.deepEqual(await namesOf(ana), [
      'new_task',
      'task_updated',
      'task_updated',
      'task_deleted',
      'task_restored',
      'task_purged',
    ]);
  });

  it('records nothing for completing a completed task or trashing a trashed one', async () => {
    const task = await write(ana, 'Choose the colours');
    await completeTask(task, ana);
    await completeTask(task, ana);
    await moveToTrash(task, ana);
    await moveToTrash(task, ana);
    assert.deepEqual(await namesOf(ana), ['new_task', 'task_updated', 'task_deleted']);
  });

  it('records the actor of the unit of work, and none without one', async () => {
    const task = await write(ana, 'Answer Eve');
    await unitOfWork(bob.id, () => task.update({ priority: 1 }));
    await sequelize.query(`UPDATE tasks SET priority = 2 WHERE id = ${String(task.id)}`);
    assert.deepEqual(
      (await eventsOf(ana)).map(({ actorId }) => actorId),
      [ana.id, bob.id, null],
    );
  });

  it('keeps the old and new values of changed columns', async () => {
    const task = await write(ana, 'Print');
    await editTask(task, ana, { description: 'Print 200 posters', priority: 2 }, task.textRevision);
    const changes = (await eventsOf(ana)).at(-1)?.changes;
    assert.deepEqual(changes, { description: ['Print', 'Print 200 posters'], priority: [0, 2] });
  });

  for (const [how, change] of Object.entries({
    bulkCreate: () =>
      Task.bulkCreate([
        { listId: ana.listId, userId: ana.id, description: 'a' },
        { listId: ana.listId, userId: ana.id, description: 'b' },
      ]),
    'raw SQL': () =>
      sequelize.query(
        `INSERT INTO tasks (list_id, user_id, description) SELECT ${String(ana.listId)}, ${String(ana.id)}, n FROM (VALUES ('a'), ('b')) AS v (n)`,
      ),
  })) {
    it(`records what ${how} writes`, async () => {
      await change();
      assert.deepEqual(
        (await eventsOf(ana)).map(({ version, name }) => ({ version, name })),
        [
          { version: 1, name: 'new_task' },
          { version: 2, name: 'new_task' },
        ],
      );
    });
  }

  it('records an update and a deletion of many rows at once', async () => {
    await Task.bulkCreate(['a', 'b', 'c'].map((description) => ({ listId: ana.listId, userId: ana.id, description })));
    await Task.update({ priority: 3 }, { where: { listId: ana.listId } });
    await Task.destroy({ where: { listId: ana.listId } });
    await Task.restore({ where: { listId: ana.listId } });
    await Task.destroy({ where: { listId: ana.listId }, force: true });
    const each = (name: string): string[] => [name, name, name];
    assert.deepEqual(
      await namesOf(ana),
      ['new_task', 'task_updated', 'task_deleted', 'task_restored', 'task_purged'].flatMap(each),
    );
  });

  it('records a move as deleted and new, without values in the list that it left', async () => {
    const task = await write(ana, 'Hand over');
    await sequelize.query(
      `UPDATE tasks SET list_id = ${String(bob.listId)}, description = 'secret of bob' WHERE id = ${String(task.id)}`,
    );
    assert.deepEqual(await namesOf(ana), ['new_task', 'task_deleted']);
    assert.deepEqual(await namesOf(bob), ['new_task']);
    const left = await eventsAfter(ana.listId, 0, 10);
    assert.deepEqual(
      left?.events.map((event) => event.task),
      [null, null],
    );
    assert.ok(!JSON.stringify(await eventsOf(ana)).includes('secret of bob'));
  });

  it('records a change of categories, but not those of a new task', async () => {
    const print = await createCategory(ana, ana.listId, { name: 'print', color: 'red' });
    const task = await createTask(ana, { listId: ana.listId, description: 'Posters', categoryIds: [print.id] });
    await editTask(task, ana, { description: 'Posters', categoryIds: [] }, task.textRevision);
    assert.deepEqual(await namesOf(ana), ['category_changed', 'new_task', 'task_updated']);
  });

  it('records a deleted category and an update of its tasks', async () => {
    const print = await createCategory(ana, ana.listId, { name: 'print', color: 'red' });
    await createTask(ana, { listId: ana.listId, description: 'Posters', categoryIds: [print.id] });
    await destroyCategory(print, ana);
    assert.deepEqual((await namesOf(ana)).slice(2).sort(), ['category_changed', 'task_updated']);
  });

  it('clears the texts of a purged task', async () => {
    const task = await write(ana, 'the secret plan');
    await editTask(task, ana, { description: 'the other plan', notes: 'the secret notes' }, task.textRevision);
    await purgeTask(task, ana);
    assert.ok(!JSON.stringify((await eventsOf(ana)).map(({ changes }) => changes)).includes('secret'));
  });

  it('records nothing for a rolled back transaction, and leaves no gap', async () => {
    await assert.rejects(
      unitOfWork(ana.id, async () => {
        await write(ana, 'never');
        throw new Error('no');
      }),
      /no/,
    );
    await write(ana, 'after');
    assert.deepEqual(
      (await eventsOf(ana)).map(({ version }) => version),
      [1],
    );
  });

  it('has neither gaps nor deadlocks when many write to the same lists at once', async () => {
    const both = (n: number) => [ana, bob].map(({ id, listId }) => ({ listId, userId: id, description: String(n) }));
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        n % 3 ? write(n % 2 ? ana : bob, String(n)) : Task.bulkCreate(n % 2 ? both(n) : both(n).reverse()),
      ),
    );
    for (const viewer of [ana, bob]) {
      const versions = (await eventsOf(viewer)).map(({ version }) => version);
      assert.deepEqual(
        versions,
        versions.map((_, index) => index + 1),
      );
      assert.equal((await List.findByPk(viewer.listId))?.version, versions.length);
    }
  });

  for (const table of ['tasks', 'categories', 'task_categories', 'lists']) {
    it(`refuses TRUNCATE ${table}`, async () => {
      await assert.rejects(
        sequelize.query(`TRUNCATE ${table} CASCADE`),
        /cannot truncate .*: no events would be recorded/,
      );
    });
  }

  it('is deleted with the list of a deleted person', async () => {
    await write(ana, 'mine');
    await sequelize.query(`DELETE FROM users WHERE id = ${String(ana.id)}`);
    assert.equal(await Event.count({ where: { listId: ana.listId } }), 0);
  });
});

describe('eventsAfter and eventsSince', () => {
  it('read the events after a version with the current tasks, in one snapshot', async () => {
    const task = await write(ana, 'one');
    await write(ana, 'two');
    await completeTask(task, ana);
    const log = await eventsAfter(ana.listId, 1, 10);
    assert.deepEqual(
      { version: log?.version, events: log?.events.map(({ version, name }) => [version, name]) },
      {
        version: 3,
        events: [
          [2, 'new_task'],
          [3, 'task_updated'],
        ],
      },
    );
    assert.ok(log?.events[1]?.task?.completedAt instanceof Date);
  });

  it('return only lists that the user sees', async () => {
    await write(ana, 'mine');
    await write(bob, 'his');
    const logs = await eventsSince(ana.id, {
      [ana.listId]: { epoch: '', version: 0 },
      [bob.listId]: { epoch: '', version: 0 },
      999_999: { epoch: '', version: 0 },
    });
    assert.deepEqual(
      logs.map(({ listId }) => listId),
      [ana.listId],
    );
  });

  it('return a stable epoch for each list', async () => {
    const [first, again, other] = [
      await listPositions([ana.listId]),
      await listPositions([ana.listId]),
      await listPositions([bob.listId]),
    ];
    assert.equal(first[ana.listId]?.epoch, again[ana.listId]?.epoch);
    assert.notEqual(first[ana.listId]?.epoch, other[bob.listId]?.epoch);
  });
});
