import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Category, Task, Team, User } from '../../src/models/index.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { createInvitation, openInvitations } from '../../src/models/team/invitations.ts';
import { createTeam } from '../../src/models/team/commands.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { programOf, type Program } from '../support/program.ts';
import { createWorld, worldPassword, type Person, type World } from '../support/world.ts';

let app: TestApp;
let world: World;
let ana: Person;
let program: Program;
before(async () => {
  app = await startApp({ rateLimits: false });
  world = await createWorld(app);
  ({ ana } = world);
  program = await programOf(app, ana);
});
after(() => app.close());

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const csv = (body: string) =>
  program.ask('POST', '/import', { body, query: { name: randomUUID() }, headers: { 'content-type': 'text/csv' } });
const json = (tasks: object[]) =>
  program.post('/import', { format: 'taskwire', version: 1, list: { key: randomUUID() }, categories: [], tasks });

type Answer = Promise<{ status: number }>;

/** Every way in of a task's title, and of what else is of one line. */
const titles: Record<string, (title: string) => Answer> = {
  'the form': (description) => ana.client.post('/tasks', { description }),
  'the API': (description) => program.post('/tasks', { description }),
  'a merge': (description) =>
    program.post('/tasks/merge', { provider: randomUUID(), docs: [{ externalId: 'a', description }] }),
  'a JSON import': (description) => json([{ id: 1, categories: [], description }]),
  'a CSV import': (description) => csv(`description\n${quoted(description)}\n`),
};
const lastTitle = async (): Promise<string> =>
  (await Task.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true })).description;

const names: Record<string, { send: (name: string) => Answer; stored: () => Promise<string> }> = {
  'a person in the settings': {
    send: (name) => ana.client.post('/settings/profile', { _method: 'PATCH', name, timeZone: 'UTC', country: '' }),
    stored: async () => (await User.findByPk(ana.user.id, { rejectOnEmpty: true })).name,
  },
  'a person by the API': {
    send: (name) => program.patch('/me', { name }),
    stored: async () => (await User.findByPk(ana.user.id, { rejectOnEmpty: true })).name,
  },
  'a team': {
    send: (name) => ana.client.post('/teams', { name }),
    stored: async () => (await Team.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true })).name,
  },
  'a category in the form': {
    send: (name) => ana.client.post('/categories', { name, color: 'red' }),
    stored: async () => (await Category.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true })).name.original,
  },
  'a category by the API': {
    send: (name) => program.post('/categories', { name: { original: `API ${name}` } }),
    stored: async () =>
      (await Category.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true })).name.original.replace('API ', ''),
  },
  'a category of a merge': {
    send: (name) =>
      program.post('/tasks/merge', {
        provider: randomUUID(),
        docs: [{ externalId: 'a', description: 'x', categories: [`Merged ${name}`] }],
      }),
    stored: async () =>
      (await Category.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true })).name.original.replace('Merged ', ''),
  },
};

/** [given, stored] */
const lines: [string, string][] = [
  ['Jose\u0301’s cafe\u0301', 'José’s café'],
  ['buy\nmilk', 'buy milk'],
  ['tabs\tand \r\n lines', 'tabs and lines'],
  ['Unicode\u2028line\u2029ends\u0085too', 'Unicode line ends too'],
  ['\u1112\u1161\u11AB', '한'],
];
const invisible = ['\u200B', '\u2060\uFEFF', '\u3164', '\u00AD', '\u202E\u202C', '\u0301\u0308', '\u2800', '\u{E0020}'];
const controls = ['a\u0007b', 'esc\u001B[31m', 'c1\u009Bx', 'del\u007Fete'];

describe('A55: a text of one line is in NFC, and without line ends, from', () => {
  for (const [way, send] of Object.entries(titles))
    it(way, async () => {
      for (const [given, stored] of lines) {
        assert.ok((await send(given)).status < 400, JSON.stringify(given));
        assert.equal(await lastTitle(), stored);
      }
    });
  for (const [way, { send, stored }] of Object.entries(names))
    it(`the name of ${way}`, async () => {
      for (const [given, expected] of lines) {
        assert.ok((await send(given)).status < 400, JSON.stringify(given));
        assert.equal(await stored(), expected);
      }
    });
});

describe('A54, A55: what nobody sees, and control characters, are refused in', () => {
  for (const [way, send] of Object.entries(titles))
    it(`a title from ${way}`, async () => {
      const before = await Task.count();
      for (const text of [...invisible, ...controls])
        assert.equal((await send(text)).status, 422, JSON.stringify(text));
      assert.equal(await Task.count(), before);
    });
  for (const way of ['a person in the settings', 'a person by the API', 'a team', 'a category in the form'])
    it(`the name of ${way}`, async () => {
      for (const text of [...invisible, ...controls])
        assert.equal((await names[way]?.send(text))?.status, 422, JSON.stringify(text));
    });
  it('the name of a token and of an import', async () => {
    for (const text of [...invisible, ...controls]) {
      const form = await ana.client.post('/settings/tokens', {
        name: text,
        access: 'read',
        lifetime: '30',
        currentPassword: worldPassword,
      });
      assert.equal(form.status, 422, JSON.stringify(text));
    }
    for (const text of controls)
      assert.equal(
        (
          await program.ask('POST', '/import', {
            body: 'description\nx\n',
            query: { name: text },
            headers: { 'content-type': 'text/csv' },
          })
        ).status,
        400,
        JSON.stringify(text),
      );
  });
  it('notes, which keep lines and tabs', async () => {
    for (const text of controls)
      assert.equal((await program.post('/tasks', { description: 'x', notes: text })).status, 422, JSON.stringify(text));
    const { body } = await program.post<{ notes: string }>('/tasks', {
      description: 'x',
      notes: 'Cafe\u0301:\r\n\ttwo\u2028three',
    });
    assert.equal(body.notes, 'Café:\n\ttwo\nthree');
  });
});

/** Names that look alike, or nearly so. */
const lookalikes = (name: string): string[] => [
  name.toUpperCase(),
  name.normalize('NFD'),
  [...name].join('\u200B'),
  [...name].map((c) => (/[!-~]/.test(c) ? String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0) : c)).join(''),
  `${name}\u00AD`,
  name.replace(' ', '\u00A0'),
  name.replace(' ', '  '),
];

describe('A54: names that look alike are one', () => {
  it('but not those of teams: a refusal would say that other people have one of that name', async () => {
    await createTeam(ana.viewer, 'Müller é co');
    for (const name of ['Müller é co', ...lookalikes('Müller é co')])
      assert.equal((await world.bob.client.post('/teams', { name })).status, 303, JSON.stringify(name));
  });

  it('of the categories of a list, in forms, API, merge and import', async () => {
    await createCategory(world.bob.viewer, world.bob.list.id, { name: 'Дом ёж é', color: 'red' });
    const bob = await programOf(app, world.bob);
    for (const name of lookalikes('Дом ёж é')) {
      assert.equal(
        (await world.bob.client.post('/categories', { name, color: 'red' })).status,
        422,
        JSON.stringify(name),
      );
      assert.equal((await bob.post('/categories', { name })).status, 422, JSON.stringify(name));
      const doc = { externalId: 'a', description: 'x', categories: [name] };
      assert.equal((await bob.post('/tasks/merge', { provider: randomUUID(), docs: [doc] })).status, 200);
      const body = `description,categories\nx,${quoted(name)}\n`;
      const headers = { 'content-type': 'text/csv' };
      assert.ok((await bob.ask('POST', '/import', { body, query: { name: randomUUID() }, headers })).status < 400);
    }
    assert.equal(await Category.count({ where: { listId: world.bob.list.id } }), 1);
  });

  it('held by the database, whoever writes', async () => {
    const insert = (name: string) =>
      app.sequelize.query(
        "INSERT INTO categories (list_id, name) VALUES ($1, jsonb_build_object('original', $2::text))",
        {
          bind: [ana.list.id, name],
        },
      );
    await insert('Straßenbau');
    await assert.rejects(insert('STRAßENBAU\u200B'), /duplicate|unique|Validation/i);
    await assert.rejects(insert('\u200B'), /check/i);
  });
});

describe('an email address', () => {
  const register = (email: string) =>
    world.anon.post('/register', { name: 'Somebody', email, password: worldPassword });

  it('is what the standard allows', async () => {
    for (const [given, stored] of [
      ['a&b=c~d@Example.com', 'a&b=c~d@example.com'],
      ["o'neil+tag/x!#$%*?^_`{|}@example.com", "o'neil+tag/x!#$%*?^_`{|}@example.com"],
      ['ana@MÜNCHEN.example', 'ana@münchen.example'],
      ['li@xn--fiqs8s.example', 'li@中国.example'],
      ['Ｚoe@ｅxample.com', 'Zoe@example.com'],
    ] as const) {
      assert.equal((await register(given)).status, 303, given);
      assert.ok(await User.findOne({ where: { email: stored } }), stored);
    }
    for (const email of [
      'a b@example.com',
      'a@localhost',
      'a..b@example.com',
      '.a@example.com',
      'a@1.2.3.4',
      'a@b@example.com',
      'a@example.com/x',
      'a@-x.com',
      `${'x'.repeat(65)}@example.com`,
      'a\u200Bb@example.com',
    ])
      assert.equal((await register(email)).status, 422, email);
  });

  it('is one, however it is written: to register, to sign in, and to be invited', async () => {
    assert.equal((await register('Jörg@bücher.example')).status, 303);
    for (const email of ['JÖRG@BÜCHER.example', 'jo\u0308rg@xn--bcher-kva.example', 'jörg@ＢÜCHER.example']) {
      assert.equal((await register(email)).status, 422, email);
      assert.equal((await world.anon.post('/login', { email, password: worldPassword })).status, 303, email);
    }
    assert.equal((await register('jorg@bücher.example')).status, 303, 'an accent makes another mailbox');
  });

  it('has one open invitation to a team, the newest', async () => {
    const team = await createTeam(ana.viewer, 'Invited');
    await createInvitation(ana.viewer, team, null);
    await createInvitation(ana.viewer, team, 'Kim@bücher.example');
    const { invitation } = await createInvitation(ana.viewer, team, 'kim@xn--bcher-kva.example');
    await Promise.all([1, 2, 3].map(() => createInvitation(ana.viewer, team, 'other@example.com')));
    const open = await openInvitations(team);
    assert.deepEqual(open.map(({ email }) => email ?? 'link').sort(), [
      'kim@xn--bcher-kva.example',
      'link',
      'other@example.com',
    ]);
    assert.ok(open.some(({ id }) => id === invitation.id));
  });
});

describe('a day or time before 1900 is asked about, from', () => {
  const ways: Record<
    string,
    (dueOn: string, time: string) => Promise<{ status: number; text?: string; body?: unknown }>
  > = {
    'the form': (dueOn) => ana.client.post('/tasks', { description: 'x', dueOn }),
    'a time in the form': (dueOn) => ana.client.post('/tasks', { description: 'x', availableFrom: `${dueOn}T10:00` }),
    'the API': (dueOn) => program.post('/tasks', { description: 'x', dueOn }),
    'a time of the API': (_, availableFrom) => program.post('/tasks', { description: 'x', availableFrom }),
    'a merge': (dueOn) =>
      program.post('/tasks/merge', { provider: randomUUID(), docs: [{ externalId: 'a', description: 'x', dueOn }] }),
    'a JSON import': (dueOn) => json([{ id: 1, description: 'x', categories: [], dueOn }]),
    'a CSV import': (dueOn) => csv(`description,dueOn\nx,${dueOn}\n`),
    'a time of a CSV import': (_, time) => csv(`description,completedAt\nx,${time}\n`),
  };
  for (const [way, send] of Object.entries(ways))
    it(way, async () => {
      // Not 0001-01-01, which in the CSV of some programs stands for no date.
      for (const day of ['0026-04-12', '0002-01-01', '1206-04-12', '1899-12-31']) {
        const answer = await send(day, `${day}T10:00:00Z`);
        assert.equal(answer.status, 422, day);
        assert.match(answer.text ?? JSON.stringify(answer.body), /This year is before 1900/, day);
      }
      assert.ok((await send('1900-01-02', '1900-01-02T10:00:00Z')).status < 400);
    });
});
