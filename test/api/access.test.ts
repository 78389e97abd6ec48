/** The nouns in paths for which ana has records; test/access-matrix covers every operation and the other nouns. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { operations } from '../../src/api/operations/index.ts';
import { Category, Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, Program, type ApiAnswer } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';
import { addMember, createTeam, removeMember } from '../../src/models/team/commands.ts';
import { disableUser } from '../../src/models/user/rights.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { createTask } from '../../src/models/task/commands.ts';
const nouns = ['tasks', 'categories', 'lists'] as const;
type Noun = (typeof nouns)[number];
/** What an operation requires besides the id. */
const bodies: Record<string, unknown> = {
  'patch /tasks/{id}': { description: 'taken over' },
  'put /tasks/{id}': { description: 'taken over' },
  'patch /categories/{id}': { name: 'taken over' },
  'put /categories/{id}': { name: 'taken over' },
};
const queries: Record<string, Record<string, string>> = { 'get /lists/{id}/events': { since: '0' } };

const withId = operations.filter(({ path }) => nouns.some((noun) => path.startsWith(`/${noun}/{id}`)));
const withToken = operations.filter(({ scope }) => scope !== null);

let app: TestApp;
let world: World;
let stranger: Program;
let own: Record<Noun, number>;
let secret: Record<string, unknown>;

before(async () => {
  app = await startApp();
  world = await createWorld(app);
  const home = await createCategory(world.ana.viewer, world.ana.list.id, { name: 'hers alone', color: 'red' });
  const task = await createTask(world.ana.viewer, {
    listId: world.ana.list.id,
    description: 'Only for ana',
    categoryIds: [home.id],
  });
  own = { tasks: task.id, categories: home.id, lists: world.ana.list.id };
  stranger = await programOf(app, world.eve);
  secret = await stored();
});
after(() => app.close());

const stored = async (): Promise<Record<string, unknown>> => ({
  task: (await Task.findByPk(own.tasks, { paranoid: false }))?.toJSON(),
  category: (await Category.findByPk(own.categories))?.toJSON(),
});

function ask(
  program: Program,
  { method, path }: { method: string; path: string },
  id: number | string,
): Promise<ApiAnswer> {
  const name = `${method} ${path}`;
  return program.ask(method.toUpperCase(), path.replace('{id}', String(id)), {
    ...(['post', 'patch', 'put'].includes(method) && { body: bodies[name] ?? {} }),
    ...(queries[name] && { query: queries[name] }),
  });
}
const nounOf = ({ path }: { path: string }): Noun => {
  const noun = nouns.find((one) => path.startsWith(`/${one}/`));
  assert.ok(noun, path);
  return noun;
};
const withoutRequestId = ({ body }: ApiAnswer): unknown => ({ ...(body as object), requestId: '' });

describe('every operation of the API', () => {
  it('A16: requires a valid token', async () => {
    for (const operation of withToken)
      for (const token of [null, 'taskwire_nonsense', `taskwire_${'A'.repeat(43)}`]) {
        assertProblem(await ask(new Program(app.url, token), operation, 1), { status: 401, code: 102 });
      }
  });

  it('A16: responds to a stranger as if the record did not exist', async () => {
    for (const operation of withId)
      assertProblem(await ask(stranger, operation, own[nounOf(operation)]), { status: 404, code: 104 });
    assert.deepEqual(await stored(), secret);
  });

  it('A17: responds identically to somebody else’s id, an unknown id and an invalid id', async () => {
    for (const operation of withId) {
      const others = await ask(stranger, operation, own[nounOf(operation)]);
      for (const id of [2_000_000_000, 0, -1, '1e1', '99999999999', 'x', "1'--", '%00']) {
        const none = await ask(stranger, operation, id);
        if (id === '%00') assert.ok([400, 404].includes(none.status));
        else
          assert.deepEqual(
            { status: none.status, body: withoutRequestId(none) },
            { status: others.status, body: withoutRequestId(others) },
            `${operation.method} ${operation.path} ${String(id)}`,
          );
      }
    }
  });

  it('A16: treats former members and disabled users like strangers', async () => {
    const team = await createTeam(world.ana.viewer, 'Garden');
    await addMember(team, world.ana.user.id, world.bob.user.id);
    const { id: lists } = await findTeamList(team.id);
    const categories = (await createCategory(world.ana.viewer, lists, { name: 'shared', color: 'red' })).id;
    const shared = {
      lists,
      categories,
      tasks: (await createTask(world.ana.viewer, { listId: lists, description: 'shared', categoryIds: [categories] }))
        .id,
    };
    const bob = await programOf(app, world.bob);
    for (const operation of withId.filter(({ method }) => method === 'get'))
      assert.equal((await ask(bob, operation, shared[nounOf(operation)])).status, 200, operation.path);
    await removeMember(team, world.ana.viewer, world.bob.user.id);
    for (const operation of withId)
      assertProblem(await ask(bob, operation, shared[nounOf(operation)]), { status: 404, code: 104 });
    assertProblem(await bob.post('/tasks', { description: 'x', listId: lists }), {
      status: 422,
      code: 101,
      paths: ['listId'],
    });
    await disableUser(world.bob.user, null, null);
    for (const operation of withToken) assertProblem(await ask(bob, operation, 1), { status: 401, code: 102 });
  });

  it('A34: is limited to the scopes of the token', async () => {
    const reading = await programOf(app, world.ana, ['read']);
    const writing = await programOf(app, world.ana, ['write']);
    for (const operation of withToken.filter(({ path }) => path !== '/logout')) {
      assertProblem(await ask(operation.scope === 'read' ? writing : reading, operation, own.tasks), {
        status: 403,
        code: 103,
      });
    }
    assert.deepEqual(await stored(), secret);
  });

  it('A18: accepts no reference to another list', async () => {
    const mine = (await stranger.post<{ id: number }>('/tasks', { description: 'eve’s' })).body;
    for (const [path, value] of [
      ['categoryIds', [own.categories]],
      ['assigneeId', world.ana.user.id],
      ['listId', own.lists],
    ] as const) {
      assertProblem(await stranger.post('/tasks', { description: 'x', [path]: value }), {
        status: 422,
        code: 101,
        paths: [path],
      });
      for (const method of ['PATCH', 'PUT'])
        assertProblem(
          await stranger.ask(method, `/tasks/${String(mine.id)}`, { body: { description: 'x', [path]: value } }),
          { status: 422, code: 101, paths: [path] },
        );
    }
    assertProblem(await stranger.post('/tasks', { description: 'x', categories: [{ id: own.categories }] }), {
      status: 422,
      code: 101,
      paths: ['categoryIds'],
    });
    assertProblem(await stranger.post('/categories', { name: 'x', listId: own.lists }), {
      status: 422,
      code: 101,
      paths: ['listId'],
    });
  });

  it('A20: exposes no digest or token, and no other user’s email address', async () => {
    const ana = await programOf(app, world.ana);
    const bodies = JSON.stringify(
      [
        await ana.get('/tasks', { include: 'categories,user,assignee' }),
        await ana.get('/categories'),
        await ana.get('/lists'),
        await ana.get('/me'),
        await ana.get(`/lists/${String(own.lists)}/events`, { since: '0' }),
      ].map(({ body }) => body),
    );
    for (const hidden of [
      /\$2b\$/,
      /digest/i,
      /password/i,
      /taskwire_/,
      /formKey/,
      /textRevision":\d+,"url/,
      /bob@example/,
      /eve@example/,
    ])
      assert.doesNotMatch(bodies, hidden);
  });

  it('A16: shows a stranger nothing in collections, counts and searches', async () => {
    for (const [path, query] of [
      ['/tasks', {}],
      ['/tasks', { 'filter[q]': 'Only' }],
      ['/tasks', { 'filter[listId]': String(own.lists), trash: 'true' }],
      ['/tasks', { 'filter[categoryId]': String(own.categories) }],
      ['/categories', {}],
      ['/categories', { 'filter[listId]': String(own.lists) }],
      ['/lists', {}],
    ] as [string, Record<string, string>][]) {
      const { body, headers } = await stranger.get<unknown[]>(path, { ...query, count: 'true' });
      assert.doesNotMatch(JSON.stringify(body), /Only for ana|hers alone/);
      assert.equal(headers.get('x-total-count'), String(body.length));
    }
  });
});
