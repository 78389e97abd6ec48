import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Event } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
interface Shown {
  id: number;
  url: string;
  revision: number;
  description: string;
  completed: boolean;
  completedAt: string | null;
  order: number | null;
  [field: string]: unknown;
}

const fields = [
  'id',
  'url',
  'description',
  'notes',
  'completed',
  'completedAt',
  'dueOn',
  'priority',
  'order',
  'listId',
  'userId',
  'assigneeId',
  'available',
  'availableFrom',
  'availableUntil',
  'externalProvider',
  'externalId',
  'revision',
  'createdAt',
  'updatedAt',
  'deletedAt',
].sort();

let app: TestApp;
let world: World;
let ana: Program;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  ana = await programOf(app, world.ana);
});
after(() => app.close());

async function create(given: object = {}): Promise<Shown> {
  const { status, body } = await ana.post<Shown>('/tasks', { description: 'Water the plants', ...given });
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}
const read = async (id: number, query?: Record<string, string>): Promise<Shown> =>
  (await ana.get<Shown>(`/tasks/${String(id)}`, query)).body;
const eventsOf = (id: number): Promise<number> => Event.count({ where: { subject: 'task', subjectId: id } });

describe('creating a task', () => {
  it('returns the Location, and the same fields there', async () => {
    const { status, headers, body } = await ana.post<Shown>('/tasks', {
      description: ' Water the plants ',
      notes: 'the big one too',
      dueOn: '2026-11-27',
      priority: 2,
      order: 1.5,
    });
    assert.equal(status, 201);
    assert.equal(headers.get('location'), `${app.url}/api/v1/tasks/${String(body.id)}`);
    assert.equal(body.url, headers.get('location'));
    assert.deepEqual(Object.keys(body).sort(), fields);
    const { description, notes, dueOn, priority, order, completed } = body;
    assert.deepEqual(
      { description, notes, dueOn, priority, order, completed },
      {
        description: 'Water the plants',
        notes: 'the big one too',
        dueOn: '2026-11-27',
        priority: 2,
        order: 1.5,
        completed: false,
      },
    );
    assert.deepEqual(
      { userId: body.userId, listId: body.listId, revision: body.revision },
      { userId: world.ana.user.id, listId: world.ana.list.id, revision: 1 },
    );
    const again = await ana.get<Shown>(`/tasks/${String(body.id)}`);
    assert.deepEqual(again.body, body);
    assert.equal(again.headers.get('etag'), headers.get('etag'));
    assert.match(headers.get('etag') ?? '', /^"1-[\w-]+"$/);
  });

  it('accepts completion, assignee, availability and categories as one event', async () => {
    const home = await createCategory(world.ana.viewer, world.ana.list.id, { name: 'home', color: 'red' });
    const task = await create({
      completed: true,
      assigneeId: world.ana.user.id,
      availableFrom: '2026-11-21T10:00:00+01:00',
      availableUntil: '2030-01-01T00:00:00Z',
      categoryIds: [home.id, home.id],
    });
    assert.equal(task.completed, true);
    assert.ok(Math.abs(Date.parse(task.completedAt ?? '') - Date.now()) < 60_000);
    assert.deepEqual(
      { assigneeId: task.assigneeId, availableFrom: task.availableFrom, availableUntil: task.availableUntil },
      {
        assigneeId: world.ana.user.id,
        availableFrom: '2026-11-21T09:00:00.000Z',
        availableUntil: '2030-01-01T00:00:00.000Z',
      },
    );
    const { categories, user, assignee } = await read(task.id, { include: 'categories,user,assignee' });
    assert.deepEqual(categories, [
      { id: home.id, listId: world.ana.list.id, name: { original: 'home' }, color: 'red' },
    ]);
    assert.deepEqual(
      { user, assignee },
      { user: { id: world.ana.user.id, name: 'Ana' }, assignee: { id: world.ana.user.id, name: 'Ana' } },
    );
    assert.equal(await eventsOf(task.id), 1);
  });

  it('treats null like a missing field', async () => {
    const { body, status } = await ana.post<Shown>('/tasks', {
      description: 'x',
      notes: null,
      completed: null,
      dueOn: null,
      priority: null,
      order: null,
      assigneeId: null,
      availableFrom: null,
      availableUntil: null,
      categoryIds: null,
    });
    assert.deepEqual(
      { status, priority: body.priority, completed: body.completed },
      { status: 201, priority: 0, completed: false },
    );
  });

  it('reports invalid fields', async () => {
    const wrong: [string, unknown][] = [
      ['description', ''],
      ['description', '   '],
      ['description', 'x'.repeat(501)],
      ['description', null],
      ['notes', 'x'.repeat(20_001)],
      ['completed', 'yes'],
      ['dueOn', '2026-02-30'],
      ['dueOn', '0000-01-01'],
      ['dueOn', 'tomorrow'],
      ['priority', 4],
      ['priority', '1'],
      ['order', 'first'],
      ['availableFrom', 'soon'],
      ['availableFrom', '2026-11-21'],
      ['availableUntil', '2001-01-01T00:00:00Z'],
      ['categoryIds', 'home'],
      ['categoryIds', [0]],
      ['categoryIds', [2 ** 31]],
      ['categoryIds', [999_999]],
      ['assigneeId', world.bob.user.id],
      ['assigneeId', 999_999],
      ['listId', world.bob.list.id],
      ['listId', 999_999],
      ['nmae', 'x'],
      ['seed', true],
      ['formKey', 'x'],
      ['lastRevision', 1],
    ];
    for (const [path, value] of wrong) {
      const answer = await ana.post('/tasks', { description: 'x', [path]: value });
      const paths = [path === 'categoryIds' && Array.isArray(value) && value[0] !== 999_999 ? 'categoryIds.0' : path];
      assertProblem(answer, { status: 422, code: 101, paths });
    }
    assertProblem(await ana.post('/tasks', {}), { status: 422, code: 101, paths: ['description'] });
    assertProblem(await ana.post('/tasks', []), { status: 422, code: 101 });
  });

  it('works in a team’s list, assigned to a member', async () => {
    const team = await createTeam(world.ana.viewer, 'Garden');
    await addMember(team, world.ana.user.id, world.bob.user.id);
    const { id: listId } = await findTeamList(team.id);
    const task = await create({ listId, assigneeId: world.bob.user.id });
    assert.deepEqual({ listId: task.listId, assigneeId: task.assigneeId }, { listId, assigneeId: world.bob.user.id });
    assert.equal(
      (await (await programOf(app, world.bob)).get<Shown>(`/tasks/${String(task.id)}`, { include: 'assignee' })).status,
      200,
    );
    assertProblem(await ana.patch(`/tasks/${String(task.id)}`, { assigneeId: world.eve.user.id }), {
      status: 422,
      code: 101,
      paths: ['assigneeId'],
    });
  });
});

describe('updating a task', () => {
  const paths = (id: number) => `/tasks/${String(id)}`;

  it('changes the sent fields and clears with null', async () => {
    const task = await create({ notes: 'the big one too', dueOn: '2026-11-27', priority: 2, order: 7 });
    const { body, status } = await ana.patch<Shown>(paths(task.id), {
      description: 'Water them',
      dueOn: null,
      priority: null,
      order: -0.5,
    });
    assert.equal(status, 200);
    assert.deepEqual(body, {
      ...task,
      description: 'Water them',
      dueOn: null,
      priority: 0,
      order: -0.5,
      revision: 2,
      updatedAt: body.updatedAt,
    });
    assertProblem(await ana.patch(paths(task.id), { description: null }), {
      status: 422,
      code: 101,
      paths: ['description'],
    });
  });

  it('completes and reopens it, and keeps completedAt of a completed task', async () => {
    const task = await create();
    const done = (await ana.patch<Shown>(paths(task.id), { completed: true })).body;
    assert.ok(done.completed && done.completedAt);
    const still = (
      await ana.patch<Shown>(paths(task.id), {
        completed: true,
        completedAt: '2001-01-01T00:00:00.000Z',
        description: 'done',
      })
    ).body;
    assert.equal(still.completedAt, done.completedAt);
    const open = (await ana.patch<Shown>(paths(task.id), { completed: null })).body;
    assert.deepEqual(
      { completed: open.completed, completedAt: open.completedAt },
      { completed: false, completedAt: null },
    );
  });

  it('creates no revision and no event if nothing changes', async () => {
    const label = await createCategory(world.ana.viewer, world.ana.list.id, { name: 'garden', color: 'green' });
    const sent = {
      notes: 'n',
      dueOn: '2026-11-27',
      priority: 2,
      order: 0.1,
      completed: true,
      assigneeId: world.ana.user.id,
      availableFrom: '2026-01-01T00:00:00.000Z',
      availableUntil: '2036-01-01T00:00:00.000Z',
      categoryIds: [label.id],
    };
    const task = await create(sent);
    assert.deepEqual((await ana.patch<Shown>(paths(task.id), sent)).body, task);
    assert.deepEqual((await ana.put<Shown>(paths(task.id), { description: task.description, ...sent })).body, task);
    assert.deepEqual((await ana.patch<Shown>(paths(task.id), {})).body, task);
    assert.equal(await eventsOf(task.id), 1);
  });

  it('with PUT resets missing fields to those of a new task', async () => {
    const label = await createCategory(world.ana.viewer, world.ana.list.id, { name: 'kitchen', color: 'amber' });
    const task = await create({
      notes: 'n',
      dueOn: '2026-11-27',
      priority: 2,
      order: 1,
      completed: true,
      assigneeId: world.ana.user.id,
      availableUntil: '2036-01-01T00:00:00Z',
      categoryIds: [label.id],
    });
    const { body } = await ana.ask<Shown>('PUT', paths(task.id), {
      body: { description: 'Only this' },
      query: { include: 'categories' },
    });
    const blank = {
      notes: null,
      dueOn: null,
      priority: 0,
      order: null,
      completed: false,
      completedAt: null,
      assigneeId: null,
      availableFrom: null,
      availableUntil: null,
    };
    assert.deepEqual(body, {
      ...task,
      ...blank,
      description: 'Only this',
      categories: [],
      revision: body.revision,
      updatedAt: body.updatedAt,
    });
    assertProblem(await ana.put(paths(task.id), { notes: 'no description' }), {
      status: 422,
      code: 101,
      paths: ['description'],
    });
  });

  it('with everything that was read changes nothing', async () => {
    const label = await createCategory(world.ana.viewer, world.ana.list.id, { name: 'cellar', color: 'teal' });
    const task = await create({
      notes: 'n',
      dueOn: '2026-11-27',
      completed: true,
      categoryIds: [label.id],
      availableUntil: '2036-01-01T00:00:00Z',
    });
    const include = { include: 'categories,user,assignee' };
    const original = await read(task.id, include);
    for (const method of ['PUT', 'PATCH'])
      assert.deepEqual((await ana.ask(method, paths(task.id), { body: original, query: include })).body, original);
    assert.equal(await eventsOf(task.id), 1);
  });

  it('sets exactly the sent categories, of its own list', async () => {
    const [one, two] = [
      await createCategory(world.ana.viewer, world.ana.list.id, { name: 'one', color: 'red' }),
      await createCategory(world.ana.viewer, world.ana.list.id, { name: 'two', color: 'red' }),
    ];
    const theirs = await createCategory(world.bob.viewer, world.bob.list.id, { name: 'his', color: 'red' });
    const task = await create({ categoryIds: [one.id] });
    const labels = async (): Promise<number[]> =>
      ((await read(task.id, { include: 'categories' })).categories as { id: number }[]).map(({ id }) => id);
    await ana.patch(paths(task.id), { categoryIds: [two.id] });
    assert.deepEqual(await labels(), [two.id]);
    assertProblem(await ana.patch(paths(task.id), { description: 'not stored', categoryIds: [one.id, theirs.id] }), {
      status: 422,
      code: 101,
      paths: ['categoryIds'],
    });
    assert.deepEqual(
      { categoryIds: await labels(), description: (await read(task.id)).description },
      { categoryIds: [two.id], description: task.description },
    );
    await ana.patch(paths(task.id), { categoryIds: null });
    assert.deepEqual(await labels(), []);
  });

  it('requires availableUntil after availableFrom, even if only one is sent', async () => {
    const task = await create({ availableFrom: '2030-01-01T00:00:00Z', availableUntil: '2031-01-01T00:00:00Z' });
    for (const wrong of [
      { availableUntil: '2030-01-01T00:00:00Z' },
      { availableFrom: '2031-01-01T00:00:00Z' },
      { availableFrom: null, availableUntil: '2001-01-01T00:00:00Z' },
    ]) {
      assertProblem(await ana.patch(paths(task.id), wrong), { status: 422, code: 101, paths: ['availableUntil'] });
    }
    assert.equal((await ana.patch(paths(task.id), { availableFrom: null, availableUntil: null })).status, 200);
  });
});
