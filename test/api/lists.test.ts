import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { openTab } from '../support/socket.ts';
import { createWorld, type World } from '../support/world.ts';
import { createTeam } from '../../src/models/team/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { createTask } from '../../src/models/task/commands.ts';
interface Shown {
  id: number;
  url: string;
  name: string | null;
  personal: boolean;
  epoch: string;
  version: number;
  open: number;
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

describe('lists', () => {
  it('are the viewer’s own and those of their teams, with the number of open tasks', async () => {
    const team = await createTeam(world.ana.viewer, 'Garden');
    const shared = await findTeamList(team.id);
    await createTask(world.ana.viewer, { listId: shared.id, description: 'x' });
    const { body, headers } = await ana.get<Shown[]>('/lists', { count: 'true' });
    assert.deepEqual(
      body.map(({ id, name, personal, open }) => ({ id, name, personal, open })),
      [
        { id: world.ana.list.id, name: null, personal: true, open: 0 },
        { id: shared.id, name: 'Garden', personal: false, open: 1 },
      ],
    );
    assert.equal(headers.get('x-total-count'), '2');
    assert.deepEqual((await ana.pages<Shown>('/lists', { limit: '1' })).flat(), body);
    assert.deepEqual((await ana.get(`/lists/${String(shared.id)}`)).body, body[1]);
    assert.equal(body[1]?.url, `${app.url}/api/v1/lists/${String(shared.id)}`);
    assertProblem(await (await programOf(app, world.eve)).get(`/lists/${String(shared.id)}`), {
      status: 404,
      code: 104,
    });
  });

  it('return the events since a version, like the endpoint of the pages', async () => {
    const path = `/lists/${String(world.ana.list.id)}`;
    const { epoch, version } = (await ana.get<Shown>(path)).body;
    const task = (await ana.post<{ id: number }>('/tasks', { description: 'new' })).body;
    await ana.patch(`/tasks/${String(task.id)}`, { completed: true });
    await ana.delete(`/tasks/${String(task.id)}`, { permanent: 'true' });
    const query = { since: String(version), epoch };
    const { body } = await ana.get<Record<string, { version: number; events: { name: string; payload: object }[] }>>(
      `${path}/events`,
      query,
    );
    const mine = body[String(world.ana.list.id)];
    assert.deepEqual(
      mine?.events.map(({ name }) => name),
      ['new_task', 'task_updated', 'task_purged'],
    );
    assert.equal(mine?.version, version + 3);
    assert.deepEqual(JSON.parse((await world.ana.client.get(`${path}/events`, query)).text), body);
    assert.deepEqual(
      (await ana.get<Record<string, { reset?: boolean }>>(`${path}/events`, { since: '0', epoch: 'another' })).body[
        String(world.ana.list.id)
      ]?.reset,
      true,
    );
    for (const since of ['', '-1', '1e99', 'abc', '99999999999999999'])
      assertProblem(await ana.get(`${path}/events`, { since }), { status: 400, code: 105, paths: ['since'] });
    assertProblem(await ana.get(`${path}/events`), { status: 400, code: 105, paths: ['since'] });
    assertProblem(await ana.get(`/lists/${String(world.bob.list.id)}/events`, { since: '0' }), {
      status: 404,
      code: 104,
    });
  });

  it('deliver API changes to every open tab, in order', async () => {
    const tab = await openTab(world.ana);
    const { id } = (await ana.post<{ id: number }>('/tasks', { description: 'by a program' })).body;
    const path = `/tasks/${String(id)}`;
    await ana.patch(path, { description: 'changed' });
    await ana.delete(path);
    await ana.post(`${path}/restore`);
    const category = (await ana.post<{ id: number }>('/categories', { name: 'by a program' })).body;
    await ana.put(path, { description: 'put', categoryIds: [category.id] });
    await ana.delete(path, { permanent: 'true' });
    await tab.waitFor('task_purged', (task) => task.id === id);
    const received = tab.received.all.flatMap(({ name, payload }) =>
      'list' in payload && 'version' in payload.list
        ? [{ name, version: payload.list.version, actor: 'actor' in payload ? payload.actor : undefined }]
        : [],
    );
    assert.deepEqual(
      [...new Set(received.map(({ name }) => name))],
      ['new_task', 'task_updated', 'task_deleted', 'task_restored', 'category_changed', 'task_purged'],
    );
    assert.deepEqual(
      received.map(({ version }) => version),
      received.map((_, n) => (received[0]?.version ?? 0) + n),
    );
    assert.ok(received.every(({ actor }) => (actor as { id: number } | null)?.id === world.ana.user.id));
    tab.close();
  });
});
