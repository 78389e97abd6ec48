import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type ApiAnswer, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';

interface Problem {
  type: string;
  title: string;
  detail: string;
  errors?: { path: string; code: string; message: string }[];
}

let app: TestApp;
let world: World;
let ana: Program;
let taskId: number;
before(async () => {
  app = await startApp({ rateLimits: false });
  world = await createWorld(app);
  ana = await programOf(app, world.ana);
  taskId = (await ana.post<{ id: number }>('/tasks', { description: 'Water' })).body.id;
});
after(() => app.close());

const problemOf = ({ body }: ApiAnswer): Problem => body as Problem;

describe('an error', () => {
  it('has the same title for its type, whatever is wrong, in four languages', async () => {
    const wrong = [{}, { description: 'x'.repeat(501) }, { description: 'x', dueOn: 'tomorrow' }, { description: '' }];
    for (const language of ['en', 'es', 'zh', 'ar']) {
      const problems = [];
      for (const body of wrong) {
        const answer = await ana.post('/tasks', body, { 'accept-language': language });
        assertProblem(answer, { status: 422, code: 101 });
        problems.push(problemOf(answer));
      }
      assert.equal(new Set(problems.map(({ title }) => title)).size, 1, language);
      assert.deepEqual(new Set(problems.map(({ type }) => type)), new Set([`${app.url}/api/docs#validation`]));
      assert.equal(new Set(problems.map(({ detail }) => detail)).size, wrong.length);
      for (const problem of problems) assert.doesNotMatch(JSON.stringify(problem), /\{\{|errors\.|api\./);
    }
  });

  const patches: [field: string, value: unknown, code: string, message: RegExp][] = [
    ['description', 5, 'type', /^Must be a string\.$/],
    ['description', '  ', 'blank', /visible character/],
    ['description', 'x'.repeat(501), 'tooLong', /500/],
    ['notes', ['x'], 'type', /string/],
    ['completed', 'yes', 'type', /true or false/],
    ['completed', 1, 'type', /true or false/],
    ['dueOn', '27/11/2026', 'date', /YYYY-MM-DD/],
    ['dueOn', '2026-02-30', 'date', /YYYY-MM-DD/],
    ['priority', 4, 'oneOf', /0, 1, 2, 3/],
    ['priority', '2', 'oneOf', /0, 1, 2, 3/],
    ['order', 'first', 'type', /number/],
    ['assigneeId', '12', 'type', /number/],
    ['assigneeId', 1.5, 'type', /integer/],
    ['assigneeId', 0, 'min', /at least 1/],
    ['assigneeId', 2 ** 31, 'max', /2147483647/],
    ['availableFrom', '2026-11-27 14:05', 'time', /2026-11-27T14:05:00Z/],
    ['availableFrom', '2026-11-27T14:05:00', 'time', /offset/],
    ['categoryIds', 5, 'type', /array/],
    ['colour', 'red', 'fieldUnknown', /Unknown field/],
  ];
  for (const [field, value, code, message] of patches)
    it(`says what is wrong with ${field} ${JSON.stringify(value).slice(0, 30)}: ${code}`, async () => {
      const answer = await ana.patch(`/tasks/${taskId}`, { [field]: value });
      assertProblem(answer, { status: 422, code: 101, paths: [field] });
      const [error] = problemOf(answer).errors ?? [];
      assert.equal(error?.code, code);
      assert.match(error.message, message);
      assert.equal(problemOf(answer).detail, error.message);
    });

  const queries: [name: string, value: string, code: string, message: RegExp][] = [
    ['limit', '0', 'between', /from 1 to 200/],
    ['limit', 'many', 'between', /from 1 to 200/],
    ['filter[listId]', 'mine', 'id', /ID/],
    ['filter[status]', 'late', 'oneOf', /open, done, scheduled, all/],
    ['filter[dueBefore]', 'tomorrow', 'date', /YYYY-MM-DD/],
    ['filter[updatedSince]', 'yesterday', 'time', /offset/],
    ['trash', 'maybe', 'oneOf', /true, false/],
    ['filter[colour]', 'red', 'parameterUnknown', /Unknown parameter/],
  ];
  for (const [name, value, code, message] of queries)
    it(`says what is wrong with ?${name}=${value}: ${code}`, async () => {
      const answer = await ana.get('/tasks', { [name]: value });
      assertProblem(answer, { status: 400, code: 105, paths: [name] });
      const [error] = problemOf(answer).errors ?? [];
      assert.equal(error?.code, code);
      assert.match(error.message, message);
    });

  it('names a field that is missing', async () => {
    for (const [method, path, body, field] of [
      ['POST', '/tasks', {}, 'description'],
      ['POST', '/follows', {}, 'taskId'],
      ['PUT', '/categories/1', { color: 'red' }, 'name'],
      ['POST', '/login', { password: 'x' }, 'email'],
    ] as const) {
      const answer = await ana.ask(method, path, { body });
      assertProblem(answer, { status: 422, code: 101, paths: [field] });
      assert.equal(problemOf(answer).errors?.[0]?.code, 'required', path);
    }
  });

  it('speaks of records, not of pages', async () => {
    for (const answer of [await ana.get('/tasks/2000000000'), await ana.get('/no/such/path')]) {
      assertProblem(answer, { status: 404, code: 104 });
      assert.match(problemOf(answer).detail, /record/);
    }
  });
});

describe('read-only fields', () => {
  it('are named as ignored, and a task can be sent back as it was read', async () => {
    const { body: task } = await ana.get(`/tasks/${taskId}`, { include: 'categories,user,assignee' });
    const { status, headers } = await ana.put(`/tasks/${taskId}`, task);
    assert.equal(status, 200);
    assert.deepEqual(
      new Set((headers.get('ignored-fields') ?? '').split(', ')),
      new Set(Object.keys(task).filter((name) => !SETTABLE.includes(name))),
    );
    const plain = await ana.patch(`/tasks/${taskId}`, { description: 'Water' });
    assert.equal(plain.headers.get('ignored-fields'), null);
  });

  it('are named for every kind of record, and when a task is created', async () => {
    const { headers } = await ana.post('/tasks', { description: 'x', userId: 1, completedAt: '2020-01-01T00:00:00Z' });
    assert.equal(headers.get('ignored-fields'), 'userId, completedAt');
    const { body: team } = await ana.post<{ id: number }>('/teams', { name: 'Garden' });
    const { body: category } = await ana.post<{ id: number }>('/categories', { name: 'Home' });
    const { body: me } = await ana.get('/me');
    for (const [method, path, body, ignored] of [
      ['PATCH', `/teams/${team.id}`, team, 'id, url, role, listId, createdAt, updatedAt'],
      ['PUT', `/categories/${category.id}`, category, 'id, url, createdAt, updatedAt'],
      ['PUT', '/me', me, 'id, email, emailConfirmed, admin, listId, createdAt, updatedAt'],
      ['PATCH', '/me', me, 'id, email, emailConfirmed, admin, listId, createdAt, updatedAt'],
    ] as const) {
      const answer = await ana.ask(method, path, { body });
      assert.deepEqual([answer.status, answer.headers.get('ignored-fields')], [200, ignored], path);
    }
  });

  it('let a task be sent back as a socket received it', async () => {
    const { body: task } = await ana.post<{ id: number; listId: number }>('/tasks', { description: 'From a socket' });
    const { body } = await ana.get<Record<string, { events: { payload: { id: number } }[] }>>(
      `/lists/${task.listId}/events`,
      { since: '0' },
    );
    const payload = body[task.listId]?.events.map((event) => event.payload).find(({ id }) => id === task.id);
    for (const method of ['PUT', 'PATCH']) {
      const answer = await ana.ask(method, `/tasks/${task.id}`, { body: payload });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      const ignored = (answer.headers.get('ignored-fields') ?? '').split(', ');
      for (const name of ['list', 'actor', 'available']) assert.ok(ignored.includes(name), name);
    }
  });

  it('are named in a merge, once for all docs', async () => {
    const docs = ['1', '2'].map((externalId) => ({ externalId, description: 'x', revision: 3, userId: 7 }));
    const { headers } = await ana.post('/tasks/merge', { provider: 'helpdesk', docs });
    assert.equal(headers.get('ignored-fields'), 'docs.revision, docs.userId');
  });
});

const SETTABLE = [
  'description',
  'notes',
  'completed',
  'dueOn',
  'priority',
  'order',
  'listId',
  'assigneeId',
  'availableFrom',
  'availableUntil',
  'categories',
];

describe('a cursor', () => {
  const next = async (query: Record<string, string>): Promise<string> => {
    const { headers } = await ana.get('/tasks', { limit: '1', ...query });
    const [, url = ''] = /^<([^>]+)>/.exec(headers.get('link') ?? '') ?? [];
    return new URL(url).searchParams.get('after') ?? '';
  };

  it('belongs to its path, order and filter, and not to the shape of a page', async () => {
    for (const description of ['One', 'Two', 'Three']) await ana.post('/tasks', { description });
    const base = { sort: 'description', 'filter[status]': 'open' };
    const after = await next(base);
    const shapes: Record<string, string>[] = [
      {},
      { limit: '2' },
      { count: 'true' },
      { include: 'user' },
      { select: 'id' },
    ];
    for (const shape of shapes) assert.equal((await ana.get('/tasks', { ...base, ...shape, after })).status, 200);
    for (const other of [
      { ...base, sort: '-description' },
      { ...base, sort: 'description,id' },
      { ...base, 'filter[status]': 'all' },
      { sort: 'description' },
      { ...base, trash: 'true' },
      { ...base, 'filter[q]': 'o' },
    ]) {
      const answer = await ana.get('/tasks', { ...other, after });
      assertProblem(answer, { status: 400, code: 105 });
      assert.match(problemOf(answer).detail, /another query/);
    }
    assertProblem(await ana.get('/categories', { after }), { status: 400, code: 105 });
  });
});
