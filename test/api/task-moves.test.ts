import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Feed, Task, Team, User } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';

interface Shown {
  id: number;
  feedId: number;
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

const written = async (given: object): Promise<Shown> =>
  (await ana.post<Shown>('/tasks', { description: 'Water the plants', ...given })).body;

describe('a program that moves a task', () => {
  it('gets it as it is then, with the categories of those names there and without whoever is not there', async () => {
    const team = await Team.found(world.ana.viewer, 'Attic');
    await team.admit(world.ana.user.id, world.bob.user.id);
    const { id: feedId } = await Feed.ofTeam(team.id);
    const made = async (feed: number | undefined, name: string): Promise<number> =>
      (await ana.post<{ id: number }>('/categories', { feedId: feed, name, color: 'red' })).body.id;
    const [box, dust, mine] = [await made(feedId, 'Boxes'), await made(feedId, 'Dust'), await made(undefined, 'boxes')];
    const task = await written({ feedId, assigneeId: world.bob.user.id, categoryIds: [box, dust] });
    const { status, body } = await ana.ask<Shown>('PATCH', `/tasks/${String(task.id)}`, {
      query: { include: 'categories' },
      body: { feedId: world.ana.feed.id, priority: 1 },
    });
    assert.deepEqual(
      [status, body.feedId, body.assigneeId, body.priority, body.categories?.map(({ id }) => id)],
      [200, world.ana.feed.id, null, 1, [mine]],
    );
    assert.equal((await (await programOf(app, world.bob)).get(`/tasks/${String(task.id)}`)).status, 404);
  });

  it('may send it back as it was read, with another feed', async () => {
    const team = await Team.found(world.ana.viewer, 'Cellar');
    await team.admit(world.ana.user.id, world.bob.user.id);
    const { id: feedId } = await Feed.ofTeam(team.id);
    const { body: wine } = await ana.post<{ id: number }>('/categories', { feedId, name: 'wine', color: 'red' });
    const task = await written({ feedId, notes: 'n', assigneeId: world.bob.user.id, categoryIds: [wine.id] });
    const read = (await ana.get<Shown>(`/tasks/${String(task.id)}`, { include: 'categories' })).body;
    const { status, body } = await ana.ask<Shown>('PUT', `/tasks/${String(task.id)}`, {
      query: { include: 'categories' },
      body: { ...read, feedId: world.ana.feed.id },
    });
    assert.deepEqual(
      [status, body.feedId, body.notes, body.assigneeId, body.categories],
      [200, world.ana.feed.id, 'n', null, []],
    );
  });

  it('A18: moves nothing to a feed that is not its person’s, and nothing at all where anything else is wrong', async () => {
    const { id: feedId } = await Feed.ofTeam((await Team.found(world.ana.viewer, 'Roof')).id);
    const task = await written({ feedId });
    for (const wrong of [{ feedId: world.bob.feed.id }, { feedId: 999_999 }])
      assertProblem(await ana.patch(`/tasks/${String(task.id)}`, wrong), { status: 422, code: 101, paths: ['feedId'] });
    assertProblem(
      await ana.patch(`/tasks/${String(task.id)}`, { feedId: world.ana.feed.id, assigneeId: world.bob.user.id }),
      { status: 422, code: 101, paths: ['assigneeId'] },
    );
    assertProblem(await ana.patch(`/tasks/${String(task.id)}`, { feedId: world.ana.feed.id, description: ' ' }), {
      status: 422,
      code: 101,
      paths: ['description'],
    });
    assert.equal((await Task.findByPk(task.id))?.feedId, feedId);
  });
});

describe('a program that assigns a task', () => {
  it('A18: cannot assign it to a stranger, or to somebody who is disabled', async () => {
    const team = await Team.found(world.ana.viewer, 'Kitchen');
    await team.admit(world.ana.user.id, world.bob.user.id);
    const { id: feedId } = await Feed.ofTeam(team.id);
    const { id } = await written({ feedId });
    await (await User.findByPk(world.bob.user.id, { rejectOnEmpty: true })).disable(null, null);
    for (const assigneeId of [world.eve.user.id, world.bob.user.id]) {
      assertProblem(await ana.post('/tasks', { description: 'x', feedId, assigneeId }), {
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
    assert.equal(await Task.count({ where: { feedId } }), 1);
  });
});
