import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dayIn } from '../../src/shared/format.ts';
import { Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY = 24 * 60 * 60 * 1000;
const day = (offset: number): string => dayIn('Europe/Madrid', new Date(Date.now() + offset * DAY));

let app: TestApp;
let world: World;
let ana: Program;
/** By the description. */
const ids: Record<string, number> = {};
let [home, garden, listId] = [0, 0, 0];

before(async () => {
  app = await startApp({ rateLimits: false });
  world = await createWorld(app);
  ana = await programOf(app, world.ana);
  const { body: team } = await ana.post<{ id: number; listId: number }>('/teams', { name: 'Team' });
  const { body } = await ana.post<{ link: string }>(`/teams/${team.id}/invitations`, {});
  await (await programOf(app, world.bob)).post('/invitations/accept', { token: body.link.split('/').at(-1) });
  ({ listId } = team);
  const category = async (name: string): Promise<number> =>
    (await ana.post<{ id: number }>('/categories', { name, listId })).body.id;
  [home, garden] = [await category('Home'), await category('Garden')];
  const tasks: Record<string, object> = {
    a: { dueOn: day(-2), priority: 1, categoryIds: [home] },
    b: { dueOn: day(0), priority: 2, categoryIds: [garden], assigneeId: world.bob.user.id },
    c: { dueOn: day(2), priority: 3, categoryIds: [home, garden], assigneeId: world.ana.user.id },
    d: { assigneeId: world.bob.user.id },
    e: { dueOn: day(-1), completed: true },
    f: { availableFrom: new Date(Date.now() + DAY).toISOString() },
  };
  for (const [description, fields] of Object.entries(tasks))
    ids[description] = (await ana.post<{ id: number }>('/tasks', { description, listId, ...fields })).body.id;
  ids.p = (await ana.post<{ id: number }>('/tasks', { description: 'p' })).body.id;
});
after(() => app.close());

interface Named {
  description: string;
}
const found = async (query: Record<string, string>): Promise<string> => {
  const { status, body } = await ana.get<Named[]>('/tasks', { sort: 'description', ...query });
  assert.equal(status, 200, JSON.stringify(body));
  return body.map(({ description }) => description).join('');
};

describe('the filters of tasks', () => {
  const cases: [name: string, query: () => Record<string, string>, expected: string][] = [
    ['due from a day', () => ({ 'filter[dueFrom]': day(0) }), 'bc'],
    ['due to a day', () => ({ 'filter[dueTo]': day(0) }), 'abe'],
    ['due within days', () => ({ 'filter[dueFrom]': day(-1), 'filter[dueTo]': day(0) }), 'be'],
    ['due on a day', () => ({ 'filter[dueOn]': day(0) }), 'b'],
    ['without a due date', () => ({ 'filter[dueOn]': 'null' }), 'dfp'],
    ['overdue', () => ({ 'filter[overdue]': 'true' }), 'a'],
    ['not overdue', () => ({ 'filter[overdue]': 'false' }), 'bcdefp'],
    ['of several priorities', () => ({ 'filter[priority]': '1,3' }), 'ac'],
    ['of several statuses', () => ({ 'filter[status]': 'done,scheduled' }), 'ef'],
    ['unassigned', () => ({ 'filter[assigneeId]': 'null' }), 'aefp'],
    ['assigned to somebody or nobody', () => ({ 'filter[assigneeId]': `${world.ana.user.id},null` }), 'acefp'],
    ['of several people', () => ({ 'filter[assigneeId]': `${world.ana.user.id},${world.bob.user.id}` }), 'bcd'],
    ['in several categories', () => ({ 'filter[categoryId]': `${home},${garden}` }), 'abc'],
    ['in one category', () => ({ 'filter[categoryId]': String(home) }), 'ac'],
    ['without a category', () => ({ 'filter[categoryId]': 'null' }), 'defp'],
    ['of several lists', () => ({ 'filter[listId]': `${listId},${world.ana.list.id}` }), 'abcdefp'],
    ['of somebody else’s list too', () => ({ 'filter[listId]': `${world.ana.list.id},${world.eve.list.id}` }), 'p'],
    ['completed since', () => ({ 'filter[completedSince]': new Date(Date.now() - DAY).toISOString() }), 'e'],
    ['completed since later', () => ({ 'filter[completedSince]': new Date(Date.now() + DAY).toISOString() }), ''],
    ['of several kinds', () => ({ 'filter[overdue]': 'false', 'filter[categoryId]': `${home},null` }), 'cdefp'],
    ['found by text', () => ({ 'filter[q]': 'b', 'filter[priority]': '1,2' }), 'b'],
  ];
  for (const [name, query, expected] of cases)
    it(`find tasks ${name}, and count them`, async () => {
      assert.equal(await found(query()), expected);
      const { headers } = await ana.get('/tasks', { ...query(), count: 'true', limit: '1' });
      assert.equal(headers.get('x-total-count'), String(expected.length));
    });

  it('find tasks whose author is gone', async () => {
    await Task.update({ userId: null }, { where: { id: ids.d } });
    assert.equal(await found({ 'filter[userId]': 'null' }), 'd');
    assert.equal(await found({ 'filter[userId]': `${world.ana.user.id},null` }), 'abcdefp');
  });

  const wrong: [name: string, value: string][] = [
    ['filter[listId]', 'null'],
    ['filter[listId]', '1,'],
    ['filter[listId]', Array.from({ length: 51 }, (_, n) => n + 1).join()],
    ['filter[assigneeId]', 'null,x'],
    ['filter[assigneeId]', '0'],
    ['filter[categoryId]', "1'--"],
    ['filter[priority]', '1,4'],
    ['filter[status]', 'open,late'],
    ['filter[overdue]', 'yes'],
    ['filter[dueOn]', 'none'],
    ['filter[dueFrom]', '2026-02-30'],
    ['filter[completedSince]', 'yesterday'],
    ['page', '0'],
    ['page', '1001'],
    ['perPage', '201'],
  ];
  for (const [name, value] of wrong)
    it(`refuse ${name}=${value.slice(0, 20)}`, async () => {
      assertProblem(await ana.get('/tasks', { [name]: value }), { status: 400, code: 105, paths: [name] });
    });

  it('refuse names to select that mix both ways, or that no field has', async () => {
    for (const [select, place] of [
      ['id,-notes', 1],
      ['-nothing', 0],
    ] as const)
      assertProblem(await ana.get('/tasks', { select }), { status: 400, code: 105, paths: [`select.${place}`] });
  });

  it('continue at the Link like any order', async () => {
    const pages = await ana.pages<Named>('/tasks', { 'filter[assigneeId]': 'null', sort: '-dueOn', limit: '1' });
    assert.equal(pages.flat().length, 4);
    assert.equal(new Set(pages.flat().map(({ description }) => description)).size, 4);
  });
});

describe('select', () => {
  it('leaves out the fields with a minus', async () => {
    const { body: all } = await ana.get(`/tasks/${ids.a}`);
    const { body } = await ana.get(`/tasks/${ids.a}`, { select: '-notes,-url' });
    const { notes: _, url: __, ...rest } = all;
    assert.deepEqual(body, rest);
  });
});

describe('page numbers', () => {
  const collections: [path: string, query: Record<string, string>, key: string][] = [
    ['/tasks', { sort: 'description' }, 'description'],
    ['/tasks', { sort: '-dueOn' }, 'description'],
    ['/tasks', { 'filter[q]': 'a' }, 'description'],
    ['/categories', {}, 'id'],
    ['/lists', {}, 'id'],
    ['/teams', {}, 'id'],
    ['/me/tokens', {}, 'id'],
  ];
  for (const [path, query, key] of collections)
    it(`read ${path} ${new URLSearchParams(query).toString()} whole, with the total`, async () => {
      const read = (more: Record<string, string>) => ana.get<Record<string, unknown>[]>(path, { ...query, ...more });
      const whole = (await read({})).body.map((row) => row[key]);
      const seen = [];
      for (let page = 1; page <= Math.max(1, Math.ceil(whole.length / 2)); page += 1) {
        const { body, headers } = await read({ page: String(page), perPage: '2' });
        assert.equal(headers.get('x-total-count'), String(whole.length));
        const rels = [...(headers.get('link') ?? '').matchAll(/rel="(\w+)"/g)].map(([, rel]) => rel);
        const isLast = page * 2 >= whole.length;
        assert.deepEqual(rels, ['first', ...(page > 1 ? ['prev'] : []), ...(isLast ? [] : ['next']), 'last']);
        seen.push(...body.map((row) => row[key]));
      }
      assert.deepEqual(seen, whole);
      assert.deepEqual((await read({ page: '900' })).body, []);
    });

  it('are not mixed with a cursor', async () => {
    const { headers } = await ana.get('/tasks', { limit: '1' });
    const [, url = ''] = /^<([^>]+)>/.exec(headers.get('link') ?? '') ?? [];
    const answer = await ana.get('/tasks', { after: new URL(url).searchParams.get('after') ?? '', page: '2' });
    assertProblem(answer, { status: 400, code: 105, paths: ['after'] });
  });
});
