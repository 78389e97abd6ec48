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

describe('the log of a list', () => {
  it('numbers a new task, and names its author as the actor', async () => {
    const task = await write(ana, 'Order the posters');
    const [event] = await eventsOf(ana);
    assert.deepEqual(
      [event?.version, event?.name, event?.actorId, event?.subject, event?.subjectId, event?.revision],
      [1, 'new_task', ana.id, 'task', task.id, 1],
    );
    assert.equal((await List.findByPk(ana.listId))?.version, 1);
  });

  it('tells of every change of a task, in its own words', async () => {
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

  it('tells nothing twice: completing a done task and trashing a trashed one change nothing', async () => {
    const task = await write(ana, 'Choose the colours');
    await completeTask(task, ana);
    await completeTask(task, ana);
    await moveToTrash(task, ana);
    await moveToTrash(task, ana);
    assert.deepEqual(await namesOf(ana), ['new_task', 'task_updated', 'task_deleted']);
  });

  it('names who changed a task, and nobody where no unit of work says so', async () => {
    const task = await write(ana, 'Answer Eve');
    await unitOfWork(bob.id, () => task.update({ priority: 1 }));
    await sequelize.query(`UPDATE tasks SET priority = 2 WHERE id = ${String(task.id)}`);
    assert.deepEqual(
      (await eventsOf(ana)).map(({ actorId }) => actorId),
      [ana.id, bob.id, null],
    );
  });

  it('keeps the old and the new value of what changed', async () => {
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
    it(`sees what ${how} writes`, async () => {
      await change();
      assert.deepEqual(
        (await eventsOf(ana)).map(({ version, name }) => [version, name]),
        [
          [1, 'new_task'],
          [2, 'new_task'],
        ],
      );
    });
  }

  it('sees an update and a deletion of many rows at once', async () => {
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

  it('tells of a task that moves as gone here and new there, and the side it left learns nothing of it', async () => {
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

  it('tells of a change of categories, but not beside the new task that it belongs to', async () => {
    const print = await createCategory(ana, ana.listId, { name: 'print', color: 'red' });
    const task = await createTask(ana, { listId: ana.listId, description: 'Posters', categoryIds: [print.id] });
    await editTask(task, ana, { description: 'Posters', categoryIds: [] }, task.textRevision);
    assert.deepEqual(await namesOf(ana), ['category_changed', 'new_task', 'task_updated']);
  });

  it('tells of a removed category and touches the tasks that carried it', async () => {
    const print = await createCategory(ana, ana.listId, { name: 'print', color: 'red' });
    await createTask(ana, { listId: ana.listId, description: 'Posters', categoryIds: [print.id] });
    await destroyCategory(print, ana);
    assert.deepEqual((await namesOf(ana)).slice(2).sort(), ['category_changed', 'task_updated']);
  });

  it('forgets what was written in a purged task', async () => {
    const task = await write(ana, 'the secret plan');
    await editTask(task, ana, { description: 'the other plan', notes: 'the secret notes' }, task.textRevision);
    await purgeTask(task, ana);
    assert.ok(!JSON.stringify((await eventsOf(ana)).map(({ changes }) => changes)).includes('secret'));
  });

  it('writes nothing where the transaction is rolled back, and leaves no gap', async () => {
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

  it('has no gap and no deadlock when many write into the same lists at once', async () => {
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
    it(`cannot be gone around by TRUNCATE ${table}`, async () => {
      await assert.rejects(
        sequelize.query(`TRUNCATE ${table} CASCADE`),
        /cannot truncate .*: no events would be recorded/,
      );
    });
  }

  it('goes with its list when the person goes', async () => {
    await write(ana, 'mine');
    await sequelize.query(`DELETE FROM users WHERE id = ${String(ana.id)}`);
    assert.equal(await Event.count({ where: { listId: ana.listId } }), 0);
  });
});

describe('catching up', () => {
  it('reads the events after a version with the tasks as they are now, in one snapshot', async () => {
    const task = await write(ana, 'one');
    await write(ana, 'two');
    await completeTask(task, ana);
    const log = await eventsAfter(ana.listId, 1, 10);
    assert.deepEqual(
      [log?.version, log?.events.map(({ version, name }) => [version, name])],
      [
        3,
        [
          [2, 'new_task'],
          [3, 'task_updated'],
        ],
      ],
    );
    assert.ok(log?.events[1]?.task?.completedAt instanceof Date);
  });

  it('brings only the lists that the user may see', async () => {
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

  it('gives every list an epoch of its own, which stays', async () => {
    const [first, again, other] = [
      await listPositions([ana.listId]),
      await listPositions([ana.listId]),
      await listPositions([bob.listId]),
    ];
    assert.equal(first[ana.listId]?.epoch, again[ana.listId]?.epoch);
    assert.notEqual(first[ana.listId]?.epoch, other[bob.listId]?.epoch);
  });
});
