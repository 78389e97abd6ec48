import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { createTask } from '../../src/models/task/commands.ts';
import { Event } from '../../src/models/index.ts';

interface Shown {
  id: number;
  url: string;
  name: Record<string, string>;
  color: string;
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

let created = 0;
async function create(given: object = {}): Promise<Shown & { path: string }> {
  created += 1;
  const { status, body } = await ana.post<Shown>('/categories', { name: `category ${String(created)}`, ...given });
  assert.equal(status, 201, JSON.stringify(body));
  return { ...body, path: `/categories/${String(body.id)}` };
}

describe('the categories of the API', () => {
  it('creates one and returns the same at its Location', async () => {
    const { status, headers, body } = await ana.post<Shown>('/categories', {
      name: { original: ' Home ', ES: 'Casa', 'zh-hans-cn': '家' },
      color: 'green',
    });
    assert.equal(status, 201);
    assert.equal(headers.get('location'), body.url);
    assert.deepEqual(
      { name: body.name, color: body.color },
      { name: { original: 'Home', es: 'Casa', 'zh-Hans-CN': '家' }, color: 'green' },
    );
    const again = await ana.get(`/categories/${String(body.id)}`);
    assert.deepEqual({ body: again.body, etag: again.headers.get('etag') }, { body, etag: headers.get('etag') });
    assert.equal(
      (await ana.get(`/categories/${String(body.id)}`, {}, { 'if-none-match': headers.get('etag') ?? '' })).status,
      304,
    );
  });

  it('accepts a plain string as the original name', async () => {
    const { name, color, path } = await create({ name: 'Garden' });
    assert.deepEqual({ name, color }, { name: { original: 'Garden' }, color: 'grey' });
    await ana.patch(path, { name: { es: 'Jardín' } });
    assert.deepEqual((await ana.patch<Shown>(path, { name: 'Yard' })).body.name, { original: 'Yard', es: 'Jardín' });
    assert.deepEqual((await ana.put<Shown>(path, { name: 'Yard' })).body.name, { original: 'Yard' });
  });

  it('updates with PATCH, removes a language with null, and replaces with PUT', async () => {
    const { path } = await create({ name: { original: 'Work', es: 'Trabajo', ar: 'عمل' }, color: 'blue' });
    assert.deepEqual((await ana.patch<Shown>(path, { name: { es: null, zh: '工作' } })).body.name, {
      original: 'Work',
      ar: 'عمل',
      zh: '工作',
    });
    assert.equal((await ana.patch<Shown>(path, { color: 'red' })).body.color, 'red');
    assert.equal((await ana.patch<Shown>(path, { color: null })).body.color, 'grey');
    const put = (await ana.put<Shown>(path, { name: { original: 'Job' } })).body;
    assert.deepEqual({ name: put.name, color: put.color }, { name: { original: 'Job' }, color: 'grey' });
  });

  it('records no event if nothing changes', async () => {
    const category = await create({ name: { original: 'Same', es: 'Igual' } });
    const read = (await ana.get<Shown>(category.path)).body;
    for (const method of ['PUT', 'PATCH'])
      assert.deepEqual((await ana.ask(method, category.path, { body: read })).body, read);
    assert.equal(await Event.count({ where: { subject: 'category', subjectId: category.id } }), 1);
  });

  it('reports invalid names by language', async () => {
    const { path } = await create();
    const wrong: [object, string[]][] = [
      [{ name: '' }, ['name']],
      [{ name: 'x'.repeat(61) }, ['name']],
      [{ name: 5 }, ['name']],
      [{ name: [] }, ['name']],
      [{ name: { es: 'Casa' } }, ['name.original']],
      [{ name: { original: ' ' } }, ['name.original']],
      [{ name: { original: 'x', es: '' } }, ['name.es']],
      [{ name: { original: 'x', es: 5 } }, ['name.es']],
      [{ name: { original: 'x', spanish_: 'y' } }, ['name.spanish_']],
      [{ name: { original: 'x', es: 'y', ES: 'z' } }, ['name.ES']],
      [{ name: { original: 'x', Original: 'z' } }, ['name.Original']],
      [{ name: { original: 'x', ['x'.repeat(9)]: 'y' } }, []],
      [{ name: 'x', color: 'mauve' }, ['color']],
      [{ name: 'x', colour: 'red' }, ['colour']],
      [{ name: 'x', listId: 999_999 }, ['listId']],
      [
        {
          name: {
            original: 'x',
            ...Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`en-x-n${String(n)}`, 'y'])),
          },
        },
        ['name'],
      ],
    ] as [object, string[]][];
    for (const [body, paths] of wrong) {
      assertProblem(await ana.post('/categories', body), {
        status: 422,
        code: 101,
        ...(paths.length > 0 && { paths }),
      });
      assertProblem(await ana.put(path, body), { status: 422, code: 101, ...(paths.length > 0 && { paths }) });
    }
    assertProblem(await ana.post('/categories', {}), { status: 422, code: 101, paths: ['name'] });
    for (const name of [{ original: null }, { es: '' }, { '': 'x' }])
      assertProblem(await ana.patch(path, { name }), { status: 422, code: 101 });
  });

  it('rejects a name that the list already has, ignoring case', async () => {
    await create({ name: 'Taken' });
    const { path } = await create();
    for (const answer of [
      await ana.post('/categories', { name: 'tAKEN' }),
      await ana.patch(path, { name: 'taken' }),
      await ana.put(path, { name: { original: 'TAKEN' } }),
    ])
      assertProblem(answer, { status: 422, code: 101, paths: ['name'] });
  });

  it('honours If-Match', async () => {
    const { path } = await create({ name: 'Read' });
    const ifMatch = { 'if-match': (await ana.get(path)).headers.get('etag') ?? '' };
    assert.equal((await ana.patch(path, { color: 'teal' }, ifMatch)).status, 200);
    for (const answer of [
      await ana.patch(path, { color: 'pink' }, ifMatch),
      await ana.put(path, { name: 'x' }, ifMatch),
      await ana.ask('DELETE', path, { headers: ifMatch }),
    ])
      assertProblem(answer, { status: 412, code: 107 });
    assert.equal((await ana.get<Shown>(path)).body.color, 'teal');
  });

  it('deletes one permanently and keeps its tasks', async () => {
    const { id, path } = await create();
    const task = await createTask(world.ana.viewer, {
      listId: world.ana.list.id,
      description: 'stays',
      categoryIds: [id],
    });
    assert.equal((await ana.delete(path)).status, 204);
    assertProblem(await ana.delete(path), { status: 404, code: 104 });
    assertProblem(await ana.get(path), { status: 404, code: 104 });
    assert.deepEqual(
      (await ana.get<{ categories: unknown[] }>(`/tasks/${String(task.id)}`, { include: 'categories' })).body
        .categories,
      [],
    );
  });

  it('lists them by name, in pages and with a total count', async () => {
    const eve = await programOf(app, world.eve);
    for (const name of ['b', 'A', 'c', 'Ä', '漢'])
      await createCategory(world.eve.viewer, world.eve.list.id, { name, color: 'red' });
    const all = (await eve.get<Shown[]>('/categories')).body;
    assert.deepEqual(
      all.map(({ name }) => name.original).filter((name) => name !== undefined && /[a-z]/i.test(name)),
      ['A', 'b', 'c'],
    );
    for (const limit of ['1', '2', '5'])
      assert.deepEqual((await eve.pages<Shown>('/categories', { limit })).flat(), all);
    assert.equal((await eve.get('/categories', { count: 'true' })).headers.get('x-total-count'), '5');
    assert.deepEqual((await eve.get('/categories', { 'filter[listId]': String(world.ana.list.id) })).body, []);
  });
});

describe('the name of a category in pages', () => {
  it('is in the language of the viewer, and the form edits the original only', async () => {
    const { id, path } = await create({ name: { original: 'Kitchen', 'es-MX': 'Cocina' }, color: 'amber' });
    const { client } = world.ana;
    assert.match((await client.get('/categories', { lang: 'es' })).text, /Cocina/);
    assert.match((await client.get('/categories', { lang: 'zh' })).text, /Kitchen/);
    assert.match((await client.get(`/categories/${String(id)}/edit`, { lang: 'es' })).text, /value="Kitchen"/);
    assert.equal((await client.patch(`/categories/${String(id)}`, { name: 'Cellar', color: 'amber' })).status, 303);
    assert.deepEqual((await ana.get<Shown>(path)).body.name, { original: 'Cellar', 'es-MX': 'Cocina' });
  });
});
