import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Task, User } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { disableUser } from '../../src/models/user/rights.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
interface Shown {
  id: number;
  listId: number;
  assigneeId: number | null;
  priority: number;
  notes: string | null;
  categories?: { id: number }[];
}

let app: TestApp;
let world: World;
let ana: Program;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  ana = await programOf(app, world.ana);
});
after(() => app.close());

const create = async (given: object): Promise<Shown> =>
  (await ana.post<Shown>('/tasks', { description: 'Water the plants', ...given })).body;

describe('moving a task', () => {
  it('matches categories by name and removes an assignee who cannot see the new list', async () => {
    const team = await createTeam(world.ana.viewer, 'Attic');
    await addMember(team, world.ana.user.id, world.bob.user.id);
    const { id: listId } = await findTeamList(team.id);
    const createCategoryIn = async (list: number | undefined, name: string): Promise<number> =>
      (await ana.post<{ id: number }>('/categories', { listId: list, name, color: 'red' })).body.id;
    const [box, dust, mine] = [
      await createCategoryIn(listId, 'Boxes'),
      await createCategoryIn(listId, 'Dust'),
      await createCategoryIn(undefined, 'boxes'),
    ];
    const task = await create({ listId, assigneeId: world.bob.user.id, categoryIds: [box, dust] });
    const { status, body } = await ana.ask<Shown>('PATCH', `/tasks/${String(task.id)}`, {
      query: { include: 'categories' },
      body: { listId: world.ana.list.id, priority: 1 },
    });
    assert.deepEqual(
      {
        status,
        listId: body.listId,
        assigneeId: body.assigneeId,
        priority: body.priority,
        categoryIds: body.categories?.map(({ id }) => id),
      },
      { status: 200, listId: world.ana.list.id, assigneeId: null, priority: 1, categoryIds: [mine] },
    );
    assert.equal((await (await programOf(app, world.bob)).get(`/tasks/${String(task.id)}`)).status, 404);
  });

  it('accepts the task as it was read, with another list', async () => {
    const team = await createTeam(world.ana.viewer, 'Cellar');
    await addMember(team, world.ana.user.id, world.bob.user.id);
    const { id: listId } = await findTeamList(team.id);
    const { body: wine } = await ana.post<{ id: number }>('/categories', { listId, name: 'wine', color: 'red' });
    const task = await create({ listId, notes: 'n', assigneeId: world.bob.user.id, categoryIds: [wine.id] });
    const read = (await ana.get<Shown>(`/tasks/${String(task.id)}`, { include: 'categories' })).body;
    const { status, body } = await ana.ask<Shown>('PUT', `/tasks/${String(task.id)}`, {
      query: { include: 'categories' },
      body: { ...read, listId: world.ana.list.id },
    });
    assert.deepEqual(
      { status, listId: body.listId, notes: body.notes, assigneeId: body.assigneeId, categories: body.categories },
      { status: 200, listId: world.ana.list.id, notes: 'n', assigneeId: null, categories: [] },
    );
  });

  it('A18: is rejected for somebody else’s list, and as a whole if anything else is invalid', async () => {
    const { id: listId } = await findTeamList((await createTeam(world.ana.viewer, 'Roof')).id);
    const task = await create({ listId });
    for (const wrong of [{ listId: world.bob.list.id }, { listId: 999_999 }])
      assertProblem(await ana.patch(`/tasks/${String(task.id)}`, wrong), { status: 422, code: 101, paths: ['listId'] });
    assertProblem(
      await ana.patch(`/tasks/${String(task.id)}`, { listId: world.ana.list.id, assigneeId: world.bob.user.id }),
      { status: 422, code: 101, paths: ['assigneeId'] },
    );
    assertProblem(await ana.patch(`/tasks/${String(task.id)}`, { listId: world.ana.list.id, description: ' ' }), {
      status: 422,
      code: 101,
      paths: ['description'],
    });
    assert.equal((await Task.findByPk(task.id))?.listId, listId);
  });
});

describe('assigning a task', () => {
  it('A18: is rejected for strangers and disabled users', async () => {
    const team = await createTeam(world.ana.viewer, 'Kitchen');
    await addMember(team, world.ana.user.id, world.bob.user.id);
    const { id: listId } = await findTeamList(team.id);
    const { id } = await create({ listId });
    await disableUser(await User.findByPk(world.bob.user.id, { rejectOnEmpty: true }), null, null);
    for (const assigneeId of [world.eve.user.id, world.bob.user.id]) {
      assertProblem(await ana.post('/tasks', { description: 'x', listId, assigneeId }), {
        status: 422,
        code: 101,
        paths: ['assigneeId'],
      });
      assertProblem(await ana.patch(`/tasks/${String(id)}`, { assigneeId }), {
        status: 422,
        code: 101,
        paths: ['assigneeId'],
      });
    }
    assert.equal((await Task.findByPk(id))?.assigneeId, null);
    assert.equal(await Task.count({ where: { listId } }), 1);
  });
});
