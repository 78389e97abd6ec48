import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { List } from '../../src/models/index.ts';
import { User } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openTab } from '../support/socket.ts';
import { createWorld, type World } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { disableUser } from '../../src/models/user/rights.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { createTask, updateTask } from '../../src/models/task/commands.ts';
let app: TestApp;
let world: World;
let house: List;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  const team = await createTeam(world.ana.viewer, 'The house');
  await addMember(team, world.ana.user.id, world.bob.user.id);
  house = await findTeamList(team.id);
});
after(() => app.close());

describe('a task that is moved', () => {
  it('disappears from tabs of the old list and appears in those of the new one, with that list’s categories', async () => {
    const { ana, bob } = world;
    const [here, there] = [
      await createCategory(ana.viewer, house.id, { name: 'print', color: 'red' }),
      await createCategory(ana.viewer, ana.list.id, { name: 'Print', color: 'teal' }),
    ];
    const task = await createTask(ana.viewer, { listId: house.id, description: 'On its way', categoryIds: [here.id] });
    const [hers, his] = [await openTab(ana), await openTab(bob)];
    await ana.client.put(`/tasks/${String(task.id)}/list`, { listId: String(ana.list.id) });

    const gone = await his.waitFor('task_deleted', ({ id }) => id === task.id);
    assert.deepEqual([Object.keys(gone).sort(), gone.list.id], [['actor', 'gone', 'id', 'list', 'revision'], house.id]);
    const left = await hers.waitFor('task_deleted', ({ id }) => id === task.id);
    const came = await hers.waitFor('new_task', ({ id }) => id === task.id);
    assert.ok('gone' in left && left.list.id === house.id);
    assert.ok('description' in came);
    assert.deepEqual(
      [came.list.id, came.listId, came.revision, came.categories.map(({ id }) => id)],
      [ana.list.id, ana.list.id, left.revision, [there.id]],
    );

    // What is written after it has passed the same way: what bob might not hear would have come by then.
    await createTask(ana.viewer, { listId: house.id, description: 'The next one' });
    await his.waitFor('new_task', (next) => 'description' in next && next.description === 'The next one');
    assert.deepEqual(
      his.all('new_task').filter(({ id }) => id === task.id),
      [],
    );
  });

  it('is also sent when moved by plain SQL', async () => {
    const { ana, bob } = world;
    const task = await createTask(ana.viewer, { listId: ana.list.id, description: 'By hand' });
    const his = await openTab(bob);
    await app.sequelize.query(`UPDATE tasks SET list_id = ${String(house.id)} WHERE id = ${String(task.id)}`);
    const came = await his.waitFor('new_task', ({ id }) => id === task.id);
    assert.ok('description' in came && came.actor === null);
  });
});

describe('a task that is assigned', () => {
  it('shows its assignee in every tab, and none after that user is disabled', async () => {
    const { ana, bob } = world;
    const task = await createTask(ana.viewer, { listId: house.id, description: 'For bob' });
    await User.update({ admin: true }, { where: { id: ana.user.id } });
    const hers = await openTab(ana);
    await updateTask(task, ana.viewer, { assigneeId: bob.user.id });
    const assigned = await hers.waitFor(
      'task_updated',
      (told) => told.id === task.id && 'assignee' in told && told.assignee !== null,
    );
    assert.deepEqual('assignee' in assigned && assigned.assignee, { id: bob.user.id, name: 'Bob' });
    await disableUser(await User.findByPk(bob.user.id, { rejectOnEmpty: true }), null, ana.viewer);
    const taken = await hers.waitFor(
      'task_updated',
      (told) => told.id === task.id && 'assignee' in told && told.assignee === null,
    );
    assert.equal(taken.actor?.id, ana.user.id);
  });
});
