import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Category, Task } from '../../src/models/index.ts';
import { unitOfWork } from '../../src/database/transaction.ts';
import type { TaskEvent, TaskPayload } from '../../src/shared/events.ts';
import { limits } from '../../src/shared/limits.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { createWorld, type Person, type World } from '../support/world.ts';
import { listPositions } from '../../src/models/list/queries.ts';
import { completeTask, moveToTrash, purgeTask, restoreTask } from '../../src/models/task/commands.ts';

describe('a change reaches every open tab of everyone who sees the list', () => {
  let app: TestApp;
  let world: World;
  let ana: Person;
  let bob: Person;
  let tabs: Tab[] = [];

  before(async () => {
    app = await startApp();
    world = await createWorld(app);
    ({ ana, bob } = world);
  });
  after(async () => {
    for (const tab of tabs) tab.close();
    await app.close();
  });

  const open = async (person: Person): Promise<Tab> => {
    const tab = await openTab(person);
    tabs = [...tabs, tab];
    return tab;
  };
  const write = (person: Person, description: string): Promise<Task> =>
    Task.create({ listId: person.list.id, userId: person.user.id, description });
  const describedAs =
    (description: string) =>
    (task: TaskEvent): boolean =>
      'description' in task && task.description === description;

  it('a task created by form reaches every tab and session of its user and nobody else', async () => {
    const elsewhere = await world.signIn(ana);
    const [one, two, other, stranger] = [await open(ana), await open(ana), await open(elsewhere), await open(bob)];
    const answer = await ana.client.post('/tasks', { description: 'Buy bread', listId: String(ana.list.id) });
    assert.equal(answer.status, 303);
    for (const tab of [one, two, other]) {
      const task = (await tab.waitFor('new_task', describedAs('Buy bread'))) as TaskPayload & TaskEvent;
      assert.equal(task.userId, ana.user.id);
      assert.equal(task.listId, ana.list.id);
      assert.equal(task.list.id, ana.list.id);
      assert.deepEqual(task.actor, { id: ana.user.id, name: ana.user.name });
      assert.deepEqual(task.categories, []);
      assert.equal(task.revision, 1);
    }
    await write(bob, 'For the stranger');
    await stranger.waitFor('new_task', describedAs('For the stranger'));
    assert.equal(stranger.all('new_task').length, 1);
  });

  it('a person counts once, however many tabs they have', async () => {
    const own = [await open(ana), await open(ana)];
    for (const tab of own) assert.deepEqual(await tab.waitFor('count_updated'), { count: 1 });
    assert.ok(tabs.every((tab) => tab.all('count_updated').every(({ count }) => count === 1)));
  });

  it('sends nothing that was rolled back', async () => {
    const tab = await open(ana);
    await assert.rejects(
      unitOfWork(ana.user.id, async () => {
        await write(ana, 'Never');
        throw new Error('no');
      }),
      /no/,
    );
    await write(ana, 'After the rollback');
    await tab.waitFor('new_task', describedAs('After the rollback'));
    assert.deepEqual(tab.all('new_task').filter(describedAs('Never')), []);
  });

  it('two concurrent changes both arrive, in version order', async () => {
    const tab = await open(ana);
    await Promise.all([write(ana, 'First of two'), write(ana, 'Second of two')]);
    await tab.received.until(() => tab.all('new_task').length === 2);
    const [first, second] = tab.all('new_task');
    assert.equal(second!.list.version, first!.list.version + 1);
  });

  it('50 concurrent changes each arrive once, in order and without a gap', async () => {
    const tab = await open(ana);
    const made = await Promise.all(Array.from({ length: 50 }, (_, n) => write(ana, `One of fifty, ${String(n)}`)));
    await tab.received.until(() => tab.all('new_task').length + tab.all('list_versions').length >= 50, 10_000);
    const versions = tab.all('new_task').map((task) => task.list.version);
    assert.deepEqual(
      versions,
      versions.map((_, n) => versions[0]! + n),
    );
    assert.deepEqual(new Set(tab.all('new_task').map(({ id }) => id)), new Set(made.map(({ id }) => id)));
  });

  it('more than a burst is sent as a version to catch up to', async () => {
    const tab = await open(ana);
    const { [String(ana.list.id)]: base } = await listPositions([ana.list.id]);
    await Task.bulkCreate(
      Array.from({ length: limits.burst + 1 }, (_, n) => ({
        listId: ana.list.id,
        userId: ana.user.id,
        description: `Many, ${String(n)}`,
      })),
    );
    const positions = await tab.waitFor('list_versions');
    assert.deepEqual(positions, { [ana.list.id]: { epoch: base!.epoch, version: base!.version + limits.burst + 1 } });
    assert.equal(tab.all('new_task').length, 0);

    await Task.bulkCreate(
      Array.from({ length: limits.burst }, (_, n) => ({
        listId: ana.list.id,
        userId: ana.user.id,
        description: `Just enough, ${String(n)}`,
      })),
    );
    await tab.received.until(() => tab.all('new_task').length === limits.burst);
  });

  it('a change by plain SQL, which is not announced, arrives within two seconds', async () => {
    const tab = await open(ana);
    const started = performance.now();
    await app.sequelize.query(
      'INSERT INTO tasks (list_id, user_id, description, created_at, updated_at) VALUES ($1, $2, $3, now(), now())',
      { bind: [ana.list.id, ana.user.id, 'By psql'] },
    );
    await tab.waitFor('new_task', describedAs('By psql'));
    assert.ok(performance.now() - started < 2000);
  });

  it('edit, completion, trash, restore and purge have the right event names', async () => {
    const tab = await open(ana);
    const task = await write(ana, 'Through its whole life');
    const { viewer } = ana;
    await completeTask(task, viewer);
    await moveToTrash(task, viewer);
    await restoreTask(task, viewer);
    await purgeTask(task, viewer);
    const purged = await tab.waitFor('task_purged');
    assert.deepEqual(
      tab.received.all.map(({ name }) => name).filter((name) => name.includes('task')),
      ['new_task', 'task_updated', 'task_deleted', 'task_restored', 'task_purged'],
    );
    assert.equal((purged as { gone: boolean }).gone, true);
    assert.equal(purged.id, task.id);
    assert.equal(purged.actor?.id, ana.user.id);
    assert.ok(!JSON.stringify(purged).includes('whole life'));
  });

  it('a task that was trashed or moved away is sent without its content', async () => {
    const tab = await open(ana);
    const task = await write(ana, 'On its way to bob');
    await tab.waitFor('new_task', describedAs('On its way to bob'));
    await app.sequelize.query('UPDATE tasks SET list_id = $1, description = $2 WHERE id = $3', {
      bind: [bob.list.id, 'For bob alone', task.id],
    });
    const gone = await tab.waitFor('task_deleted');
    assert.deepEqual(Object.keys(gone).sort(), ['actor', 'gone', 'id', 'list', 'revision']);
    assert.ok(!JSON.stringify(tab.received.all).includes('For bob alone'));
  });

  it('a category is sent when it is created, changed and deleted', async () => {
    const tab = await open(ana);
    const category = await Category.create({ listId: ana.list.id, name: { original: 'Errands' }, color: 'teal' });
    await tab.waitFor('category_changed', (event) => 'color' in event && event.color === 'teal');
    await app.sequelize.query('UPDATE categories SET color = $1 WHERE id = $2', { bind: ['pink', category.id] });
    await tab.waitFor('category_changed', (event) => 'color' in event && event.color === 'pink');
    await app.sequelize.query('DELETE FROM categories WHERE id = $1', { bind: [category.id] });
    await tab.waitFor('category_changed', (event) => 'gone' in event && event.id === category.id);
  });

  it('no message contains an email address, a password or a session', () => {
    const messages = JSON.stringify(tabs.map((tab) => tab.received.all));
    for (const word of ['@example.com', 'password', 'digest', 'sid', 'formKey'])
      assert.ok(!messages.includes(word), word);
  });
});
