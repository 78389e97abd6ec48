import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Category, Task } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { createWorld, type World } from '../../support/world.ts';

let app: TestApp;
let world: World;
let task: Task;
let trashed: Task;
let category: Category;
let hers: Category;

before(async () => {
  app = await startApp();
  world = await createWorld(app);
  const { ana, eve } = world;
  const make = (description: string) => Task.create({ listId: ana.list.id, userId: ana.user.id, description });
  [task, trashed] = [await make('Only for ana'), await make('Thrown away by ana')];
  await trashed.destroy();
  category = await Category.create({ listId: ana.list.id, name: { original: 'hers alone' }, color: 'red' });
  hers = await Category.create({ listId: eve.list.id, name: { original: 'of eve' }, color: 'red' });
});
after(() => app.close());

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Form = Record<string, string | string[]>;
const edit = { description: 'Taken over', textRevision: '1' };

/** Every route of tasks, trash and categories; `:task`, `:trashed` and `:category` are ana's. */
const routes: [Method, string, Form?][] = [
  ['get', '/'],
  ['get', '/tasks'],
  ['get', '/tasks/new'],
  ['get', '/tasks/mine'],
  ['get', '/trash'],
  ['get', '/categories'],
  ['get', '/categories/new'],
  ['post', '/tasks', { description: 'x' }],
  ['post', '/categories', { name: 'x', color: 'red' }],
  ['get', '/tasks/:task'],
  ['get', '/tasks/:task/edit'],
  ['patch', '/tasks/:task', edit],
  ['delete', '/tasks/:task'],
  ['put', '/tasks/:task/list', { listId: '1' }],
  ['post', '/tasks/:task/completion'],
  ['delete', '/tasks/:task/completion'],
  ['post', '/trash/:trashed/restore'],
  ['delete', '/trash/:trashed'],
  ['get', '/categories/:category'],
  ['get', '/categories/:category/edit'],
  ['patch', '/categories/:category', { name: 'Taken over', color: 'red' }],
  ['delete', '/categories/:category'],
];
const ofARow = routes.filter(([, path]) => path.includes(':'));
const filled = (path: string, ids: Partial<Record<'task' | 'trashed' | 'category', string>> = {}): string =>
  path
    .replace(':task', ids.task ?? String(task.id))
    .replace(':trashed', ids.trashed ?? String(trashed.id))
    .replace(':category', ids.category ?? String(category.id));
const everywhere = (id: string) => ({ task: id, trashed: id, category: id });

const snapshot = async (): Promise<string> =>
  JSON.stringify([await Task.findAll({ paranoid: false, order: ['id'] }), await Category.findAll({ order: ['id'] })]);

async function changesNothing(work: () => Promise<void>): Promise<void> {
  const before = await snapshot();
  await work();
  assert.equal(await snapshot(), before, 'nothing is stored');
}

describe('a signed-out person', () => {
  for (const [method, path, form] of routes) {
    it(`is not let in by ${method.toUpperCase()} ${path}`, () =>
      changesNothing(async () => {
        const { status, location, text } = await world.anon[method](filled(path), form);
        assert.ok(
          status === 401 || ((status === 303 || status === 302) && location?.startsWith('/login')),
          `${String(status)} ${String(location)}`,
        );
        assert.doesNotMatch(text, /Only for ana|Thrown away|hers alone/);
      }));
  }
});

describe('a stranger', () => {
  for (const [method, path, form] of ofARow) {
    it(`gets the same 404 from ${method.toUpperCase()} ${path} as for a row that is not there`, () =>
      changesNothing(async () => {
        const [theirs, nobodys] = [
          await world.eve.client[method](filled(path), form),
          await world.eve.client[method](filled(path, everywhere('2147483647')), form),
        ];
        assert.deepEqual([theirs.status, nobodys.status], [404, 404]);
        const anonymised = (text: string) =>
          text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|req-\w+|data-now="\d+"|\/(tasks|trash|categories)\/\d+[^"&]*/g, '');
        assert.equal(anonymised(theirs.text), anonymised(nobodys.text));
      }));
  }
});

describe('an invalid id', () => {
  for (const id of [
    '0',
    '-1',
    '01',
    '1.5',
    '1e3',
    'abc',
    '2147483648',
    '99999999999999999999',
    '%00',
    '1%20or%201=1',
    '%E0%A4%A',
  ]) {
    it(`is a 404: ${id}`, () =>
      changesNothing(async () => {
        for (const [method, path, form] of ofARow) {
          const { status } = await world.ana.client[method](filled(path, everywhere(id)), form);
          assert.ok(status === 404 || status === 400, `${method} ${path}: ${String(status)}`);
        }
      }));
  }
});

describe('an invalid task', () => {
  const cases: [string, () => Form, RegExp | null][] = [
    ['without a description', () => ({ notes: 'kept notes' }), /kept notes/],
    ['with an empty description', () => ({ description: '   ', notes: 'kept notes' }), /kept notes/],
    ['with a description of 501 characters', () => ({ description: 'x'.repeat(501) }), /x{501}/],
    ['with notes of 20,001 characters', () => ({ description: 'kept text', notes: 'y'.repeat(20_001) }), /kept text/],
    ['with a date that is none', () => ({ description: 'kept text', dueOn: '2026-02-30' }), /kept text/],
    ['with a date in words', () => ({ description: 'kept text', dueOn: 'tomorrow' }), /kept text/],
    ['with a priority of 9', () => ({ description: 'kept text', priority: '9' }), /kept text/],
    [
      'with a category that is not there',
      () => ({ description: 'kept text', categoryIds: ['2147483647'] }),
      /kept text/,
    ],
    [
      'with a category of another person',
      () => ({ description: 'kept text', categoryIds: [String(hers.id)] }),
      /kept text/,
    ],
    [
      'in the list of another person',
      () => ({ description: 'kept text', listId: String(world.eve.list.id) }),
      /kept text/,
    ],
    ['with two descriptions', () => ({ description: ['one', 'two'] }), null],
    ['with a NUL byte', () => ({ description: 'a\u0000b' }), null],
    ['with a form key that is none', () => ({ description: 'kept text', formKey: 'abc' }), /kept text/],
  ];
  for (const [name, form, kept] of cases) {
    it(`${name} is rejected with an error, and the input is kept`, () =>
      changesNothing(async () => {
        const { status, text } = await world.ana.client.post('/tasks', form());
        assert.ok(status === 422 || status === 400, String(status));
        if (kept) assert.match(text, kept);
        if (status === 422) assert.match(text, /aria-invalid|role="alert"/);
      }));
    // An edit takes neither a list nor a form key: they are left out like any other field that its form does not name.
    if (/list of another|form key/.test(name)) continue;
    it(`${name} is rejected when editing too`, () =>
      changesNothing(async () => {
        const { status } = await world.ana.client.patch(`/tasks/${String(task.id)}`, { textRevision: '1', ...form() });
        assert.ok([422, 400].includes(status), String(status));
      }));
  }
});

describe('an invalid category', () => {
  for (const [name, form] of Object.entries<Form>({
    'without a name': { color: 'red' },
    'with a name of blanks': { name: ' ', color: 'red' },
    'with a name of 61 characters': { name: 'x'.repeat(61), color: 'red' },
    'with a colour of its own': { name: 'kept', color: 'url(javascript:alert(1))' },
    'with a name that is taken': { name: 'HERS ALONE', color: 'red' },
  })) {
    it(`${name} is rejected with an error`, () =>
      changesNothing(async () => {
        assert.equal((await world.ana.client.post('/categories', form)).status, 422);
      }));
  }
});

describe('a list with an invalid query', () => {
  for (const query of [
    'sort=id%3B+drop+table',
    'sort=createdAt',
    'status=deleted',
    'due=never',
    'after=abc',
    'after=eyJhIjoxfQ',
    'after=WzEsMiwzXQ',
    'after=WyJ4IiwxXQ',
    'list=abc',
    'category=-1',
    'list=1&list=2',
    'q=a&q=b',
    `q=${'x'.repeat(500)}`,
    'category[$gt]=1&status[]=open',
    '__proto__[x]=1&constructor[prototype][x]=1',
  ]) {
    it(`answers 400 or ignores it, never 500: ${query.slice(0, 60)}`, async () => {
      const { status, text } = await world.ana.client.get(`/tasks?${query}`);
      assert.ok([200, 400, 404].includes(status), String(status));
      assert.doesNotMatch(text, /SELECT |Sequelize|at Object\.|\.ts:/);
      assert.equal(({} as Record<string, unknown>).x, undefined);
    });
  }

  it("answers 404 for another person's list", async () => {
    assert.equal((await world.ana.client.get(`/tasks?list=${String(world.eve.list.id)}`)).status, 404);
  });
});
