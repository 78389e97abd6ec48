import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Category, List } from '../../../src/models/index.ts';
import { Event, Task, Follow, User } from '../../../src/models/index.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { addMember, createTeam } from '../../../src/models/team/commands.ts';
import { disableUser, enableUser } from '../../../src/models/user/rights.ts';
import { createCategory } from '../../../src/models/category/commands.ts';
import { followTask } from '../../../src/models/follow/commands.ts';
import { assignableUsers, findTeamList, findSidebar } from '../../../src/models/list/queries.ts';
import { completeTask, createTask, purgeTask, updateTask } from '../../../src/models/task/commands.ts';
import { moveTask } from '../../../src/models/task/move.ts';
import { findTaskDetails } from '../../../src/models/task/queries.ts';
import { mergeTasks } from '../../../src/transfer/merge/index.ts';
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let bob: Viewer;
let eve: Viewer;
let house: List;
let garden: List;
let round = 0;

before(async () => {
  database = await openTestDatabase();
  [ana, bob, eve] = [await person('ana'), await person('bob'), await person('eve')];
  await User.update({ admin: true }, { where: { id: ana.id } });
});
after(() => database.close());
beforeEach(async () => {
  round += 1;
  house = await teamList('house', [bob, eve]);
  garden = await teamList('garden', [bob]);
});

async function teamList(name: string, members: Viewer[]): Promise<List> {
  const team = await createTeam(ana, `${name} ${String(round)}`);
  for (const { id } of members) await addMember(team, ana.id, id);
  return findTeamList(team.id);
}

const write = (attributes: { description?: string; categoryIds?: number[]; assigneeId?: number } = {}): Promise<Task> =>
  createTask(ana, { listId: house.id, description: 'Paint the door', ...attributes });
const category = (list: List, name: string): Promise<Category> => createCategory(ana, list.id, { name, color: 'red' });
const taskEventsOf = (list: List): Promise<Event[]> =>
  Event.findAll({ where: { listId: list.id, subject: 'task' }, order: [['version', 'ASC']] });
const namesOf = async (list: List): Promise<string[]> => (await taskEventsOf(list)).map(({ name }) => name);
const categoriesOf = async (task: Task): Promise<string[]> =>
  ((await findTaskDetails(ana, task.id))?.categories ?? []).map(({ id }) => String(id));

describe('moveTask', () => {
  it('records one event in each list', async () => {
    const task = await write();
    await moveTask(task, ana, garden.id);
    assert.equal(task.listId, garden.id);
    assert.deepEqual(
      { house: await namesOf(house), garden: await namesOf(garden) },
      { house: ['new_task', 'task_deleted'], garden: ['new_task'] },
    );
    const [left, joined] = [(await taskEventsOf(house)).at(-1), (await taskEventsOf(garden)).at(-1)];
    assert.deepEqual(
      {
        leftActorId: left?.actorId,
        joinedActorId: joined?.actorId,
        leftRevision: left?.revision,
        joinedRevision: joined?.revision,
      },
      { leftActorId: ana.id, joinedActorId: ana.id, leftRevision: 2, joinedRevision: 2 },
    );
    assert.deepEqual(
      { left: left?.changes, joined: joined?.changes },
      {
        left: { list_id: [house.id, null], description: ['Paint the door', null] },
        joined: { list_id: [null, garden.id] },
      },
    );
    const version = async (list: List): Promise<unknown> => await Event.max('version', { where: { listId: list.id } });
    assert.deepEqual(
      { house: (await house.reload()).version, garden: (await garden.reload()).version },
      { house: Number(await version(house)), garden: Number(await version(garden)) },
    );
  });

  it('keeps categories by case-insensitive name and drops the others, without further events', async () => {
    const [print, venue] = [await category(house, 'Print'), await category(house, 'venue')];
    const there = await category(garden, 'print');
    const task = await write({ categoryIds: [print.id, venue.id] });
    const { droppedCategories, categories } = await moveTask(task, ana, garden.id);
    assert.deepEqual(droppedCategories, [{ original: 'venue' }]);
    assert.deepEqual(
      [...categories].sort(),
      [
        [print.id, there.id],
        [venue.id, null],
      ].sort(),
    );
    assert.deepEqual(await categoriesOf(task), [String(there.id)]);
    assert.deepEqual(
      { house: await namesOf(house), garden: await namesOf(garden) },
      { house: ['new_task', 'task_deleted'], garden: ['new_task'] },
    );
  });

  it('keeps an assignee who is a member of the other list, and unassigns anybody else', async () => {
    const kept = await write({ assigneeId: bob.id });
    assert.equal((await moveTask(kept, ana, garden.id)).unassigned, null);
    assert.equal(kept.assigneeId, bob.id);
    const lost = await write({ assigneeId: eve.id });
    assert.deepEqual((await moveTask(lost, ana, garden.id)).unassigned, { id: eve.id, name: 'eve' });
    assert.equal(lost.assigneeId, null);
  });

  it('keeps the follows of those who see the other list only', async () => {
    const task = await write();
    for (const viewer of [bob, eve]) await followTask(viewer, task.id);
    await moveTask(task, ana, garden.id);
    const follows = await Follow.findAll({ where: { taskId: task.id }, order: [['userId', 'ASC']] });
    assert.deepEqual(
      follows.map(({ userId, read }) => ({ userId, read })),
      [{ userId: bob.id, read: false }],
    );
  });

  it('changes nothing when the viewer does not see the other list, or the task is in it already', async () => {
    const task = await write();
    await assert.rejects(moveTask(task, eve, garden.id), {
      errors: [{ path: 'listId', message: 'errors.listUnknown' }],
    });
    await assert.rejects(moveTask(task, ana, eve.listId), {
      errors: [{ path: 'listId', message: 'errors.listUnknown' }],
    });
    await assert.rejects(moveTask(task, ana, 2 ** 31 - 1), {
      errors: [{ path: 'listId', message: 'errors.listUnknown' }],
    });
    await moveTask(task, ana, house.id);
    assert.deepEqual(
      { listId: (await task.reload()).listId, revision: task.revision, houseEvents: await namesOf(house) },
      { listId: house.id, revision: 1, houseEvents: ['new_task'] },
    );
  });

  it('does not deadlock with disabling the assignee', async () => {
    for (let round = 0; round < 12; round += 1) {
      const task = await write({ assigneeId: bob.id });
      const deadlocks: unknown[] = [];
      const run = (sql: string): Promise<unknown> => database.sequelize.query(sql);
      const disable = run(`UPDATE users SET disabled = true WHERE id = ${String(bob.id)}`).catch((error: unknown) =>
        deadlocks.push(error),
      );
      await Promise.all([moveTask(task, ana, garden.id), disable]);
      assert.deepEqual(
        { deadlocks, listId: (await task.reload()).listId, assigneeId: task.assigneeId },
        { deadlocks: [], listId: garden.id, assigneeId: null },
      );
      await User.update({ disabled: false }, { where: { id: bob.id } });
    }
  });

  it('refuses a viewer who does not see the task', async () => {
    const task = await createTask(ana, { listId: garden.id, description: 'Hidden from eve' });
    await assert.rejects(moveTask(task, eve, eve.listId), { name: 'NotFoundError' });
    assert.equal((await task.reload()).listId, garden.id);
  });

  it('keeps the external id, unless a task of the other list has it', async () => {
    const merged = async (list: List): Promise<Task> => {
      await mergeTasks(ana, {
        listId: list.id,
        provider: 'helpdesk',
        docs: [{ externalId: 'T-1', description: 'Paint' }],
        compare: ['externalId'],
        insert: true,
        update: 'patch',
        remove: false,
        dryRun: false,
      });
      return Task.findOne({ where: { listId: list.id, externalId: 'T-1' }, rejectOnEmpty: true });
    };
    const task = await merged(house);
    await moveTask(task, ana, garden.id);
    assert.deepEqual(
      { externalProvider: task.externalProvider, externalId: task.externalId },
      { externalProvider: 'helpdesk', externalId: 'T-1' },
    );
    const second = await merged(house);
    await moveTask(second, ana, garden.id);
    assert.deepEqual(
      { listId: second.listId, externalProvider: second.externalProvider, externalId: second.externalId },
      { listId: garden.id, externalProvider: null, externalId: null },
    );
  });

  it('returns the moved task when its form is sent again', async () => {
    const formKey = '11111111-1111-4111-8111-111111111111'.replace(/.$/, String(round % 10));
    const task = await createTask(ana, { listId: house.id, description: 'Once', formKey });
    await moveTask(task, ana, garden.id);
    assert.equal((await createTask(ana, { listId: house.id, description: 'Once', formKey })).id, task.id);
  });

  it('does not deadlock with 16 moves both ways at once, and leaves no gap in the versions', async () => {
    const [here, there] = [await category(house, 'both'), await category(garden, 'both')];
    const tasks = await Promise.all(
      Array.from({ length: 16 }, async (_, n) => {
        const list = n % 2 ? house : garden;
        return createTask(ana, {
          listId: list.id,
          description: `Task ${String(n)}`,
          categoryIds: [n % 2 ? here.id : there.id],
        });
      }),
    );
    await Promise.all(tasks.map((task, n) => moveTask(task, n % 3 ? ana : bob, (n % 2 ? garden : house).id)));
    await Promise.all(tasks.map((task, n) => moveTask(task, n % 3 ? bob : ana, (n % 2 ? house : garden).id)));
    assert.deepEqual(
      await Promise.all(tasks.map(async (task) => (await task.reload()).listId)),
      tasks.map((_, n) => (n % 2 ? house.id : garden.id)),
    );
    for (const list of [house, garden]) {
      const versions = (await Event.findAll({ where: { listId: list.id }, order: [['version', 'ASC']] })).map(
        ({ version }) => version,
      );
      assert.deepEqual(
        versions,
        versions.map((_, n) => n + 1),
      );
      assert.equal((await list.reload()).version, versions.length);
      const names = await namesOf(list);
      assert.deepEqual(
        {
          created: names.filter((name) => name === 'new_task').length,
          deleted: names.filter((name) => name === 'task_deleted').length,
          updated: names.filter((name) => name === 'task_updated').length,
        },
        { created: 24, deleted: 16, updated: 0 },
      );
    }
  });

  it('ends in one list when two people move it at once', async () => {
    const task = await write();
    const [one, other] = [
      await Task.findByPk(task.id, { rejectOnEmpty: true }),
      await Task.findByPk(task.id, { rejectOnEmpty: true }),
    ];
    await Promise.allSettled([moveTask(one, ana, garden.id), moveTask(other, ana, ana.listId)]);
    const { listId } = await task.reload();
    const events = [
      ...(await taskEventsOf(house)),
      ...(await taskEventsOf(garden)),
      ...(await Event.findAll({ where: { listId: ana.listId, subjectId: task.id } })),
    ];
    assert.equal(
      events.filter(({ name }) => name === 'new_task').length -
        events.filter(({ name }) => name === 'task_deleted').length,
      1,
    );
    assert.ok([garden.id, ana.listId].includes(listId));
  });

  it('purging also clears the texts in the events of the former list', async () => {
    const task = await write({ description: 'The secret plan' });
    await moveTask(task, ana, garden.id);
    await purgeTask(task, ana);
    assert.ok(!JSON.stringify((await taskEventsOf(house)).map(({ changes }) => changes)).includes('secret'));
  });
});

describe('the assignee', () => {
  const disabled = async (viewer: Viewer): Promise<User> => User.findByPk(viewer.id, { rejectOnEmpty: true });

  it('is unassigned in every list when disabled, with events by the user who disabled them', async () => {
    const [one, other] = [
      await write({ assigneeId: eve.id }),
      await createTask(eve, { listId: eve.listId, description: 'Her own', assigneeId: eve.id }),
    ];
    await disableUser(await disabled(eve), 'a test', ana);
    assert.deepEqual(
      { one: (await one.reload()).assigneeId, other: (await other.reload()).assigneeId },
      { one: null, other: null },
    );
    const last = (await taskEventsOf(house)).at(-1);
    assert.deepEqual(
      { name: last?.name, actorId: last?.actorId, changes: last?.changes },
      { name: 'task_updated', actorId: ana.id, changes: { assignee_id: [eve.id, null] } },
    );
    await enableUser(await disabled(eve));
    assert.equal((await one.reload()).assigneeId, null);
  });

  it('is never a disabled user, however assigned', async () => {
    await disableUser(await disabled(eve), null, ana);
    const task = await write();
    await assert.rejects(updateTask(task, ana, { assigneeId: eve.id }), {
      errors: [{ path: 'assigneeId', message: 'errors.assigneeUnknown' }],
    });
    await assert.rejects(write({ assigneeId: eve.id }), {
      errors: [{ path: 'assigneeId', message: 'errors.assigneeUnknown' }],
    });
    await assert.rejects(
      database.sequelize.query(`UPDATE tasks SET assignee_id = ${String(eve.id)} WHERE id = ${String(task.id)}`),
    );
    await enableUser(await disabled(eve));
  });

  it('is never a user who is being disabled concurrently', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const tasks = await Promise.all([write(), write(), write()]);
      await Promise.allSettled([
        ...tasks.map((task) => updateTask(task, ana, { assigneeId: eve.id })),
        disableUser(await disabled(eve), null, ana),
      ]);
      assert.equal(await Task.count({ where: { assigneeId: eve.id } }), 0);
      await enableUser(await disabled(eve));
    }
  });

  it('is offered on the pages among the active members of the team, to those who see the list', async () => {
    const names = async (viewer: Viewer, listId: number): Promise<string[]> =>
      (await assignableUsers(viewer, listId)).map(({ name }) => name);
    assert.deepEqual(await names(ana, house.id), ['ana', 'bob', 'eve']);
    await disableUser(await disabled(eve), null, ana);
    assert.deepEqual(await names(bob, house.id), ['ana', 'bob']);
    await enableUser(await disabled(eve));
    assert.deepEqual(
      { garden: await names(eve, garden.id), own: await names(ana, ana.listId) },
      { garden: [], own: [] },
    );
  });

  it('has open tasks counted over all their lists', async () => {
    const before = (await findSidebar(bob)).mine;
    const [first] = await Promise.all([
      write({ assigneeId: bob.id }),
      createTask(ana, { listId: garden.id, description: 'x', assigneeId: bob.id }),
    ]);
    assert.equal((await findSidebar(bob)).mine, before + 2);
    await completeTask(first, bob);
    assert.equal((await findSidebar(bob)).mine, before + 1);
  });
});
