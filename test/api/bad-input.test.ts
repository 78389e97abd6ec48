import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { operations } from '../../src/api/operations/index.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { Category, Task, User } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type ApiAnswer, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { promoteUser } from '../../src/models/user/rights.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { followTask } from '../../src/models/follow/commands.ts';
import { createTask } from '../../src/models/task/commands.ts';
let app: TestApp;
let world: World;
let ana: Program;
let taskPath: string;
let categoryPath: string;
let logged = '';
before(async () => {
  app = await startApp(
    { logSql: true, rateLimits: false },
    createLogger(
      'debug',
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          logged += chunk.toString();
          done();
        },
      }),
    ),
  );
  world = await createWorld(app);
  ana = await programOf(app, world.ana);
  taskPath = `/tasks/${String((await createTask(world.ana.viewer, { listId: world.ana.list.id, description: 'untouched' })).id)}`;
  categoryPath = `/categories/${String((await createCategory(world.ana.viewer, world.ana.list.id, { name: 'untouched', color: 'red' })).id)}`;
});
after(() => app.close());

const injections = [
  "'",
  "''",
  "';--",
  '"',
  '\\',
  "id' OR '1'='1",
  'id); DROP TABLE tasks;--',
  '1::int) or 1=1--',
  '$team.name$',
  'meta.a::text',
  'id desc',
  'id,(select 1)',
  'created_at',
  'createdAt;',
  'pg_sleep(9)',
  '$1',
  '1 UNION SELECT 1',
  '{"a":1}',
  '[1]',
  '[]',
  'NaN',
  'Infinity',
  '1e999',
  '0x10',
  '9223372036854775808',
  '-9223372036854775809',
  '\u0000',
  '\ud800',
  'a\u202eb',
  '%',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(13_000),
];
const isRefused = ({ status, body }: ApiAnswer): boolean =>
  status === 400 && [105].includes((body as { code: number }).code);

describe('A21: injection through the query', () => {
  const names = [
    'sort',
    'select',
    'include',
    'limit',
    'after',
    'count',
    'trash',
    'filter[status]',
    'filter[listId]',
    'filter[categoryId]',
    'filter[dueBefore]',
    'filter[dueAfter]',
    'filter[priority]',
    'filter[assigneeId]',
    'filter[userId]',
    'filter[updatedSince]',
  ];
  for (const name of names) {
    it(`is rejected in ${name}`, async () => {
      for (const payload of injections) {
        const answer = await ana.get('/tasks', { [name]: payload });
        assert.ok(isRefused(answer), `${payload.slice(0, 40)}: ${JSON.stringify(answer.body).slice(0, 200)}`);
      }
    });
  }

  it('is plain text in a search and in external names', async () => {
    for (const name of ['filter[q]', 'filter[externalProvider]', 'filter[externalId]']) {
      for (const payload of injections) {
        const answer = await ana.get<unknown[]>('/tasks', { [name]: payload });
        assert.ok(
          isRefused(answer) || (answer.status === 200 && answer.body.length === 0),
          `${name} ${payload.slice(0, 40)}: ${JSON.stringify(answer.body).slice(0, 200)}`,
        );
      }
    }
  });

  it('is rejected as a parameter name, an array and an object', async () => {
    for (const query of [
      'filter[$where]=1',
      'filter[__proto__]=1',
      '__proto__[x]=1',
      'constructor[prototype][x]=1',
      'filter=open',
      'filter[status][]=open',
      'filter[status]=open&filter[status]=done',
      'sort=id&sort=id',
      'limit=1&limit=2',
      'limit[]=1',
      'sort[by]=id',
      'filter[listId]=1&filter[listId]=2',
      'select[]=id',
      '[]=1',
      '=1',
    ]) {
      const answer = await ana.get(`/tasks?${query}`);
      assert.ok(isRefused(answer), `${query}: ${String(answer.status)}`);
    }
    assert.equal(({} as { x?: string }).x, undefined);
  });

  it('is rejected in a forged cursor', async () => {
    const forged = [
      {},
      [],
      ['2026-01-01T00:00:00Z', '1'],
      ["2026-01-01T00:00:00Z'", 1],
      [['2026-01-01T00:00:00Z'], 1],
      ['0000-01-01T00:00:00Z', 1],
      ['2026-01-01T00:00:00Z', 2 ** 31],
    ];
    for (const cursor of forged)
      assert.ok(
        isRefused(await ana.get('/tasks', { after: Buffer.from(JSON.stringify(cursor)).toString('base64url') })),
        JSON.stringify(cursor),
      );
    for (const [sort, cursor] of [
      ['description', ['a\u0000b', 1]],
      ['description', [5, 1]],
      ['priority', [1.5, 1]],
      ['order', ['1', 1]],
      ['dueOn', ['2026-02-30', 1]],
      ['dueOn', ['0000-01-01', 1]],
    ] as const) {
      assert.ok(
        isRefused(await ana.get('/tasks', { sort, after: Buffer.from(JSON.stringify(cursor)).toString('base64url') })),
        JSON.stringify(cursor),
      );
    }
  });

  it('never reaches a statement', async () => {
    await ana.get('/tasks', { sort: '-dueOn,description' });
    assert.ok(logged.includes('ORDER BY due_on DESC, description ASC, id ASC'));
    for (const smuggled of ['pg_sleep', 'DROP TABLE', 'UNION SELECT', 'team.name', '1=1'])
      assert.ok(!logged.includes(smuggled), smuggled);
  });
});

describe('A22: unexpected types in a body', () => {
  const values = [
    '{}',
    '{"toString":1,"valueOf":1}',
    '[{"toString":1}]',
    '{"length":1e9}',
    '-1',
    '1e999',
    '9223372036854775808',
    '"\\u0000"',
    '"\\ud800"',
    `"${'x'.repeat(30_000)}"`,
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
    '{"__proto__":{"x":1}}',
  ];
  const cases: [method: string, path: () => string, fields: string[], base: object][] = [
    [
      'POST',
      () => '/tasks',
      [
        'description',
        'notes',
        'completed',
        'dueOn',
        'priority',
        'assigneeId',
        'availableFrom',
        'availableUntil',
        'categoryIds',
        'categories',
        'listId',
      ],
      { description: 'x' },
    ],
    [
      'PATCH',
      () => taskPath,
      [
        'description',
        'notes',
        'completed',
        'dueOn',
        'priority',
        'assigneeId',
        'availableFrom',
        'availableUntil',
        'categoryIds',
        'categories',
        'listId',
      ],
      {},
    ],
    ['PUT', () => taskPath, ['description', 'notes', 'categoryIds'], { description: 'untouched' }],
    ['POST', () => '/categories', ['name', 'color', 'listId'], { name: 'x' }],
    ['PATCH', () => categoryPath, ['name', 'color', 'listId'], {}],
    ['PATCH', () => '/me', ['name', 'locale', 'timeZone', 'country'], {}],
    ['PUT', () => '/me', ['name', 'locale', 'timeZone', 'country'], { name: 'Ana', locale: 'en', timeZone: 'UTC' }],
  ];
  for (const [method, path, fields, base] of cases) {
    it(`are rejected by ${method} ${path
      .toString()
      .replace(/\W+|Path/g, ' ')
      .trim()}, field by field`, async () => {
      for (const field of fields)
        for (const value of values) {
          const given = Object.entries(base)
            .filter(([name]) => name !== field)
            .map(([name, text]) => `"${name}":${JSON.stringify(text)},`)
            .join('');
          // An empty list of names is valid and changes nothing.
          const answer = await ana.ask(method, path(), { body: `{${given}"${field}":${value}}` });
          const isNothing =
            method === 'PATCH' &&
            field === 'name' &&
            (value === '{}' || value.includes('__proto__')) &&
            answer.status === 200;
          assert.ok(
            isNothing || answer.status === 422,
            `${field} ${value.slice(0, 30)}: ${String(answer.status)} ${JSON.stringify(answer.body).slice(0, 200)}`,
          );
        }
      assert.equal(({} as { x?: number }).x, undefined);
    });
  }

  it('are rejected as an order, which accepts any finite number', async () => {
    for (const order of ['{}', '[1]', '"1"', 'true', '1e999', '-1e999'])
      assertProblem(await ana.patch(taskPath, `{"order":${order}}`), { status: 422, code: 101, paths: ['order'] });
    for (const order of [5e-324, -1.7976931348623157e308, 0.1, -0, 9_007_199_254_740_993n, null]) {
      const { body } = await ana.patch<{ order: number | null }>(taskPath, `{"order":${String(order)}}`);
      assert.equal(body.order, order === null ? null : Number(order) + 0);
    }
  });

  it('are rejected if the body is not an object, not JSON or too large', async () => {
    // As an administrator, so that no operation is refused for lack of rights.
    await promoteUser(world.ana.user);
    const { follow } = await followTask(world.ana.viewer, Number(taskPath.split('/').at(-1)));
    const team = await createTeam(world.ana.viewer, 'Garden');
    await addMember(team, world.ana.user.id, world.bob.user.id);
    for (const { method, path } of operations.filter(({ body }) => body)) {
      const at = path
        .replace('/categories/{id}', categoryPath)
        .replace('/tasks/{id}', taskPath)
        .replace('/follows/{id}', `/follows/${String(follow.id)}`)
        .replace('/teams/{id}', `/teams/${String(team.id)}`)
        .replace('{userId}', String(world.bob.user.id))
        .replace('{id}', String(world.bob.user.id));
      for (const body of ['[]', '[1]', '{"a":1}', '{"__proto__":1}']) {
        const answer = await ana.ask(method.toUpperCase(), at, { body });
        assert.ok(
          [422, 200].includes(answer.status) && (answer.status === 422 || body.includes('__proto__')),
          `${method} ${path} ${body}: ${String(answer.status)}`,
        );
      }
      for (const body of ['{', 'null', '"x"', '1', ''])
        assert.ok(
          [400, 422].includes((await ana.ask(method.toUpperCase(), at, { body: body === '' ? ' ' : body })).status),
          `${method} ${path} ${body}`,
        );
      assertProblem(
        await ana.ask(method.toUpperCase(), at, {
          body: 'a=1',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
        { status: 415, code: 109 },
      );
    }
    assertProblem(await ana.post('/tasks', { description: 'x', notes: 'x'.repeat(300_000) }), {
      status: 413,
      code: 108,
    });
  });

  it('change nothing', async () => {
    assert.equal((await Task.findAll()).map(({ description }) => description).join(), 'untouched');
    assert.equal((await Category.findAll()).map(({ name }) => name.original).join(), 'untouched');
    assert.equal((await User.findByPk(world.ana.user.id))?.name, 'Ana');
  });
});
