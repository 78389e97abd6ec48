import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Category, Task, User } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
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

interface Texts {
  description: string;
  notes: string;
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const ways: Record<string, (texts: Texts) => Promise<{ status: number }>> = {
  form: (texts) => ana.client.post('/tasks', { ...texts }),
  API: (texts) => program.post('/tasks', texts),
  merge: (texts) => program.post('/tasks/merge', { provider: randomUUID(), docs: [{ externalId: 'a', ...texts }] }),
  'JSON import': (texts) =>
    program.post('/import', {
      format: 'taskwire',
      version: 1,
      list: { key: randomUUID() },
      categories: [],
      tasks: [{ id: 1, categories: [], ...texts }],
    }),
  'CSV import': ({ description, notes }) =>
    program.ask('POST', '/import', {
      body: `description,notes\n${quoted(description)},${quoted(notes)}\n`,
      query: { name: randomUUID() },
      headers: { 'content-type': 'text/csv' },
    }),
};

async function lastTask(): Promise<Texts> {
  const { description, notes } = await Task.findOne({
    where: { listId: ana.list.id },
    order: [['id', 'DESC']],
    rejectOnEmpty: true,
  });
  return { description, notes: notes ?? 'NULL' };
}

const emoji = '🌱';

describe('a text is stored alike from', () => {
  for (const [name, send] of Object.entries(ways)) {
    it(name, async () => {
      const cases: [given: Texts, stored: Texts][] = [
        [
          { description: 'Paint', notes: 'one\r\ntwo\rthree\nfour' },
          { description: 'Paint', notes: 'one\ntwo\nthree\nfour' },
        ],
        [
          { description: '  Paint \r\n the door ', notes: '' },
          { description: 'Paint the door', notes: 'NULL' },
        ],
        [
          { description: emoji.repeat(500), notes: emoji.repeat(15_000) },
          { description: emoji.repeat(500), notes: emoji.repeat(15_000) },
        ],
      ];
      for (const [given, stored] of cases) {
        const { status } = await send(given);
        assert.ok(status < 400, `${String(status)} for ${given.description.slice(0, 20)}`);
        assert.deepEqual(await lastTask(), stored);
      }
    });

    it(`${name}, and refused alike`, async () => {
      const before = await Task.count();
      for (const given of [
        { description: '\r\n ', notes: 'x' },
        { description: emoji.repeat(501), notes: 'x' },
        { description: 'x', notes: 'x'.repeat(20_001) },
      ])
        assert.equal((await send(given)).status, 422, JSON.stringify(given).slice(0, 40));
      assert.equal(await Task.count(), before);
    });
  }
});

describe('saving a form without touching a text', () => {
  it('does not report it as changed, whatever the API was sent', async () => {
    const { body } = await program.post<{ id: number; revision: number }>('/tasks', {
      description: 'Paint\nthe door',
      notes: 'two coats\r\nof green',
    });
    const path = `/tasks/${String(body.id)}`;
    const task = await Task.findByPk(body.id, { rejectOnEmpty: true });
    const { status } = await ana.client.patch(path, {
      description: 'Paint the door',
      // As browsers submit a textarea.
      notes: 'two coats\r\nof green',
      textRevision: String(task.textRevision),
      priority: '3',
    });
    assert.equal(status, 303);
    const after = await Task.findByPk(body.id, { rejectOnEmpty: true });
    assert.equal(after.priority, 3);
    assert.equal(after.notes, 'two coats\nof green');
    assert.equal(after.textRevision, task.textRevision);
  });
});

describe('a name follows one rule', () => {
  it('for a category in the form, the API, a merge and an import', async () => {
    await ana.client.post('/categories', { name: ' by\r\nform ', color: 'red' });
    await program.post('/categories', { name: ' by\nAPI ' });
    await program.post('/tasks/merge', {
      provider: randomUUID(),
      docs: [{ externalId: 'a', description: 'x', categories: [' by\r\nmerge '] }],
    });
    await program.ask('POST', '/import', {
      // A line break separates the labels of a cell.
      body: 'description,categories\nx,"by\timport"\n',
      query: { name: randomUUID() },
      headers: { 'content-type': 'text/csv' },
    });
    const names = (await Category.findAll({ where: { listId: ana.list.id } })).map(({ name }) => name.original);
    assert.deepEqual(names.sort(), ['by API', 'by form', 'by import', 'by merge']);
  });

  it('for a token made in the settings or by the API', async () => {
    const sent = { email: ana.user.email, password: worldPassword };
    assertProblem(await program.post('/login', { ...sent, name: 'a\u0007b' }), {
      status: 422,
      code: 101,
      paths: ['name'],
    });
    const form = await ana.client.post('/settings/tokens', {
      name: 'a\u0007b',
      access: 'read',
      lifetime: '30',
      currentPassword: worldPassword,
    });
    assert.equal(form.status, 422);
  });

  it('for a person in the settings and the API', async () => {
    for (const name of ['', ' \n', 'x'.repeat(101), 'a\u0007b']) {
      assert.equal((await program.patch('/me', { name })).status, 422, JSON.stringify(name));
      const form = await ana.client.post('/settings/profile', { _method: 'PATCH', name, timeZone: 'UTC', country: '' });
      assert.equal(form.status, 422, JSON.stringify(name));
    }
    assert.equal((await User.findByPk(ana.user.id))?.name, ana.user.name);
  });

  it('for the source of an import in the form and the API', async () => {
    const answer = await program.ask('POST', '/import', {
      body: 'description\nx\n',
      query: { name: 'a\u0007b' },
      headers: { 'content-type': 'text/csv' },
    });
    assertProblem(answer, { status: 400, code: 105, paths: ['name'] });
  });
});

describe('a query follows one rule', () => {
  it('for days and moments: PostgreSQL has no year 0', async () => {
    for (const [name, value] of [
      ['filter[dueBefore]', '0000-01-01'],
      ['filter[updatedSince]', '0000-01-01T00:00:00Z'],
      ['filter[updatedSince]', '0001-01-01T00:00:00+14:00'],
    ] as const)
      assertProblem(await program.get('/tasks', { [name]: value }), { status: 400, code: 105, paths: [name] });
    assertProblem(await program.post('/tasks', { description: 'x', availableFrom: '0000-01-01T00:00:00Z' }), {
      status: 422,
      code: 101,
      paths: ['availableFrom'],
    });
  });

  it('for booleans, also of an export and an import', async () => {
    for (const trash of ['true', 'false', '1', '0']) {
      assert.equal((await program.get('/tasks', { trash })).status, 200);
      assert.equal((await program.get('/export', { trash })).status, 200);
    }
    assert.equal((await program.get('/export', { trash: 'yes' })).status, 400);
  });

  it('for blank searches: they search for nothing, in every place that asks whether a filter is on', async () => {
    await ana.client.post('/tasks', { description: 'Paint the fence', dueOn: '2020-01-01' });
    const plain = await ana.client.get('/tasks');
    const blank = await ana.client.get('/tasks?q=%20');
    const late = await ana.client.get('/tasks?q=%20&due=late');
    assert.ok(plain.text.includes('data-open-count'));
    assert.ok(blank.text.includes('data-open-count'), 'a blank search alone is the plain list');
    assert.ok(!late.text.includes('data-open-count'), 'a filtered list is not the plain one');
    assert.ok(late.text.includes('<span class="on">'), 'the page says that a filter is on');
    assert.ok(late.text.includes('Paint the fence'));
    const { body } = await program.get<unknown[]>('/tasks', { 'filter[q]': ' ', limit: '200' });
    assert.ok(body.length > 0);
  });
});
