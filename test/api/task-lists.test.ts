import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Category, List } from '../../src/models/index.ts';
import { Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { createTask } from '../../src/models/task/commands.ts';
interface Shown {
  id: number;
  description: string;
  [field: string]: unknown;
}

let app: TestApp;
let world: World;
let ana: Program;
let home: Category;
let team: List;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  ana = await programOf(app, world.ana);
  home = await createCategory(world.ana.viewer, world.ana.list.id, { name: 'home', color: 'red' });
  const garden = await createTeam(world.ana.viewer, 'Garden');
  await addMember(garden, world.ana.user.id, world.bob.user.id);
  team = await findTeamList(garden.id);
  const mine = { listId: world.ana.list.id, userId: world.ana.user.id };
  await Task.bulkCreate([
    { ...mine, description: 'c', dueOn: '2026-11-01', priority: 1, position: 2, notes: 'Find me' },
    { ...mine, description: 'a', dueOn: '2026-11-03', priority: 1, completedAt: new Date('2026-11-02T00:00:00Z') },
    { ...mine, description: 'b', dueOn: '2026-11-03', position: 1 },
    { ...mine, description: 'd', availableFrom: new Date('2036-01-01T00:00:00Z') },
    {
      ...mine,
      description: 'e',
      externalProvider: 'helpdesk',
      externalId: 'T-1',
      updatedAt: new Date('2036-01-01T00:00:00Z'),
    },
    { ...mine, description: 'f', deletedAt: new Date('2026-11-05T00:00:00Z') },
    {
      ...mine,
      description: 'g',
      deletedAt: new Date('2026-11-06T00:00:00Z'),
      completedAt: new Date('2026-11-02T00:00:00Z'),
    },
    { listId: team.id, userId: world.bob.user.id, assigneeId: world.ana.user.id, description: 'h' },
    { listId: world.eve.list.id, userId: world.eve.user.id, description: 'eve’s' },
  ]);
  await createTask(world.ana.viewer, { listId: world.ana.list.id, description: 'i', categoryIds: [home.id] });
});
after(() => app.close());

const list = async (query: Record<string, string> = {}): Promise<string> => {
  const { status, body } = await ana.get<Shown[]>('/tasks', { sort: 'id', ...query });
  assert.equal(status, 200, JSON.stringify(body));
  return body.map(({ description }) => description).join('');
};

describe('GET /tasks', () => {
  it('returns the tasks of all visible lists, newest first, without the trash', async () => {
    assert.equal(await list(), 'cabdehi');
    const { body } = await ana.get<Shown[]>('/tasks');
    assert.deepEqual(
      { count: body.length, firstDescription: body[0]?.description },
      { count: 7, firstDescription: 'i' },
    );
  });

  const filtered: [string, Record<string, string>, string][] = [
    ['open', { 'filter[status]': 'open' }, 'cbehi'],
    ['done', { 'filter[status]': 'done' }, 'a'],
    ['scheduled', { 'filter[status]': 'scheduled' }, 'd'],
    ['due before a day', { 'filter[dueBefore]': '2026-11-03' }, 'c'],
    ['due after a day', { 'filter[dueAfter]': '2026-11-01' }, 'ab'],
    ['of a priority', { 'filter[priority]': '1' }, 'ca'],
    ['found by text', { 'filter[q]': 'FIND me' }, 'c'],
    ['of another system', { 'filter[externalProvider]': 'helpdesk', 'filter[externalId]': 'T-1' }, 'e'],
    ['changed since', { 'filter[updatedSince]': '2035-01-01T01:00:00+01:00' }, 'e'],
    ['of several kinds at once', { 'filter[status]': 'open', 'filter[priority]': '1' }, 'c'],
    ['in the trash', { trash: 'true' }, 'fg'],
    ['in the trash and done', { trash: '1', 'filter[status]': 'done' }, 'g'],
    ['that cannot be', { 'filter[listId]': '999999' }, ''],
  ];
  for (const [name, query, expected] of filtered) {
    it(`filters tasks ${name}, and counts them`, async () => {
      assert.equal(await list(query), expected);
      const { headers, body } = await ana.get<Shown[]>('/tasks', { ...query, count: 'true', limit: '1' });
      assert.deepEqual(
        { totalCount: headers.get('x-total-count'), count: body.length },
        { totalCount: String(expected.length), count: Math.min(expected.length, 1) },
      );
    });
  }

  it('filters by list, category, author and assignee', async () => {
    assert.equal(await list({ 'filter[listId]': String(team.id) }), 'h');
    assert.equal(await list({ 'filter[categoryId]': String(home.id) }), 'i');
    assert.equal(await list({ 'filter[userId]': String(world.bob.user.id) }), 'h');
    assert.equal(await list({ 'filter[assigneeId]': String(world.ana.user.id) }), 'h');
    assert.equal(await list({ 'filter[listId]': String(world.eve.list.id) }), '');
  });

  const sorted: [string, string][] = [
    ['description', 'abcdehi'],
    ['-description', 'ihedcba'],
    ['dueOn,description', 'cabdehi'],
    ['-dueOn,description', 'abcdehi'],
    ['-dueOn,-description', 'bacihed'],
    ['order,-description', 'bciheda'],
    ['-priority,dueOn,-id', 'cabihed'],
    ['-listId,id', 'hcabdei'],
    ['-id', 'ihedbac'],
    ['externalId,-description', 'eihdcba'],
  ];
  for (const [sort, expected] of sorted) {
    it(`sorts by ${sort}, in pages of any size`, async () => {
      assert.equal(await list({ sort }), expected);
      for (const limit of [1, 2, 3])
        assert.equal(
          (await ana.pages<Shown>('/tasks', { sort, limit: String(limit) }))
            .flat()
            .map(({ description }) => description)
            .join(''),
          expected,
          `pages of ${String(limit)}`,
        );
    });
  }

  it('links to the next page by an absolute URL, and not from the last', async () => {
    const { headers, body } = await ana.get<Shown[]>('/tasks', { limit: '6', sort: 'id', 'filter[status]': 'all' });
    const link = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? '';
    assert.ok(link.startsWith(`${app.url}/api/v1/tasks?`));
    assert.equal(body.length, 6);
    const last = await ana.get<Shown[]>(link.slice(`${app.url}/api/v1`.length));
    assert.deepEqual(
      { descriptions: last.body.map(({ description }) => description), link: last.headers.get('link') },
      { descriptions: ['i'], link: null },
    );
  });

  it('returns the requested fields and parts', async () => {
    assert.deepEqual((await ana.get('/tasks', { sort: 'id', limit: '1', select: 'description,id' })).body, [
      { description: 'c', id: 1 },
    ]);
    const [task] = (
      await ana.get<Shown[]>('/tasks', {
        'filter[listId]': String(team.id),
        select: 'id',
        include: 'user,assignee,categories',
      })
    ).body;
    assert.deepEqual(task, {
      id: task?.id,
      user: { id: world.bob.user.id, name: 'Bob' },
      assignee: { id: world.ana.user.id, name: 'Ana' },
      categories: [],
    });
    const one = await ana.get<Shown>(`/tasks/${String(task?.id)}`, { select: 'revision' });
    assert.deepEqual(one.body, { revision: 1 });
    assert.match(one.headers.get('etag') ?? '', /^"1-/);
  });

  it('responds 304 while the ETag matches', async () => {
    const { headers } = await ana.get('/tasks');
    assert.equal((await ana.get('/tasks', {}, { 'if-none-match': headers.get('etag') ?? '' })).status, 304);
  });

  it('rejects unsupported parameters by name', async () => {
    const wrong: [string, string][] = [
      ['limit', '0'],
      ['limit', '201'],
      ['limit', '-1'],
      ['limit', '1e1'],
      ['limit', ''],
      ['count', 'yes'],
      ['sort', 'notes'],
      ['sort', ''],
      ['sort', 'id,id'],
      ['sort', '--id'],
      ['sort', 'constructor'],
      ['sort', 'dueOn,order,priority,revision,userId,listId'],
      ['select', 'passwordDigest'],
      ['select', ''],
      ['include', 'list'],
      ['trash', 'maybe'],
      ['filter[status]', 'late'],
      ['filter[listId]', '0'],
      ['filter[listId]', 'x'],
      ['filter[dueBefore]', '2026-02-30'],
      ['filter[dueAfter]', '1'],
      ['filter[priority]', '4'],
      ['filter[updatedSince]', 'yesterday'],
      ['filter[q]', 'x'.repeat(201)],
      ['filter[nothing]', '1'],
      ['pages', '2'],
    ];
    for (const [path, value] of wrong)
      assertProblem(await ana.get('/tasks', { [path]: value }), {
        status: 400,
        code: 105,
        paths: path === 'select' || path === 'include' ? [`${path}.0`] : [path],
      });
    const { headers } = await ana.get('/tasks', { limit: '1' });
    const [, digest = ''] = /after=[\w-]+\.([\w-]+)/.exec(headers.get('link') ?? '') ?? [];
    assert.notEqual(digest, '');
    for (const after of [
      'x',
      Buffer.from('[1,2,3]').toString('base64url'),
      Buffer.from('[null,1]').toString('base64url'),
      Buffer.from('["2026-01-01T00:00:00Z",0]').toString('base64url'),
    ])
      for (const cursor of [after, `${after}.${digest}`])
        assertProblem(await ana.get('/tasks', { after: cursor }), { status: 400, code: 105 });
  });
});
