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
    const [anaTab, bobTab] = [await openTab(ana), await openTab(bob)];
    await ana.client.put(`/tasks/${String(task.id)}/list`, { listId: String(ana.list.id) });

    const gone = await bobTab.waitFor('task_deleted', ({ id }) => id === task.id);
    assert.deepEqual(
      { keys: Object.keys(gone).sort(), listId: gone.list.id },
      { keys: ['actor', 'gone', 'id', 'list', 'revision'], listId: house.id },
    );
    const left = await anaTab.waitFor('task_deleted', ({ id }) => id === task.id);
    const moved = await anaTab.waitFor('new_task', ({ id }) => id === task.id);
    assert.ok('gone' in left && left.list.id === house.id);
    assert.ok('description' in moved);
    assert.deepEqual(
      {
        eventListId: moved.list.id,
        listId: moved.listId,
        revision: moved.revision,
        categoryIds: moved.categories.map(({ id }) => id),
      },
      { eventListId: ana.list.id, listId: ana.list.id, revision: left.revision, categoryIds: [there.id] },
    );

    // Events arrive in order: once the next one is here, anything bob must not receive would have arrived too.
    await createTask(ana.viewer, { listId: house.id, description: 'The next one' });
    await bobTab.waitFor('new_task', (next) => 'description' in next && next.description === 'The next one');
    assert.deepEqual(
      bobTab.all('new_task').filter(({ id }) => id === task.id),
      [],
    );
  });

  it('is also sent when moved by plain SQL', async () => {
    const { ana, bob } = world;
    const task = await createTask(ana.viewer, { listId: ana.list.id, description: 'By hand' });
    const bobTab = await openTab(bob);
    await app.sequelize.query(`UPDATE tasks SET list_id = ${String(house.id)} WHERE id = ${String(task.id)}`);
    const moved = await bobTab.waitFor('new_task', ({ id }) => id === task.id);
    assert.ok('description' in moved && moved.actor === null);
  });
});

describe('a task that is assigned', () => {
  it('shows its assignee in every tab, and none after that user is disabled', async () => {
    const { ana, bob } = world;
    const task = await createTask(ana.viewer, { listId: house.id, description: 'For bob' });
    await User.update({ admin: true }, { where: { id: ana.user.id } });
    const anaTab = await openTab(ana);
    await updateTask(task, ana.viewer, { assigneeId: bob.user.id });
    const assigned = await anaTab.waitFor(
      'task_updated',
      (event) => event.id === task.id && 'assignee' in event && event.assignee !== null,
    );
    assert.deepEqual('assignee' in assigned && assigned.assignee, { id: bob.user.id, name: 'Bob' });
    await disableUser(await User.findByPk(bob.user.id, { rejectOnEmpty: true }), null, ana.viewer);
    const unassigned = await anaTab.waitFor(
      'task_updated',
      (event) => event.id === task.id && 'assignee' in event && event.assignee === null,
    );
    assert.equal(unassigned.actor?.id, ana.user.id);
  });
});
