import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Event, List, Task } from '../../src/models/index.ts';
import type { MergeResult } from '../../src/transfer/merge/options.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { openTab } from '../support/socket.ts';
import { createWorld, type World } from '../support/world.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { mergeTasks } from '../../src/transfer/merge/index.ts';

let app: TestApp;
let world: World;
let program: Program;
before(async () => {
  app = await startApp({ rateLimits: false });
  world = await createWorld(app);
  program = await programOf(app, world.ana);
});
after(() => app.close());

let providers = 0;
/** A new provider for each test. */
const newProvider = (): string => `provider ${String(++providers)}`;
const merge = (body: object, headers?: Record<string, string>) =>
  program.post<MergeResult>('/tasks/merge', body, headers);
const versionOf = async (): Promise<number> => (await List.findByPk(world.ana.list.id))?.version ?? 0;

describe('POST /tasks/merge', () => {
  it('inserts, updates and removes, and reports what it did', async () => {
    const provider = newProvider();
    const first = await merge({
      provider,
      docs: [
        {
          externalId: 1,
          description: ' Paint ',
          categories: ['Home', { name: { original: 'Calls', es: 'Llamadas' }, color: 'teal' }],
        },
        { externalId: '2', description: 'Sand' },
      ],
    });
    assert.equal(first.status, 200);
    assert.deepEqual(
      first.body.categories.map(({ name }) => name),
      ['Home', 'Calls'],
    );
    const second = await merge({
      provider,
      docs: [
        { externalId: '1', notes: 'twice' },
        { externalId: '3', description: 'Wait', completed: true },
      ],
    });
    const { insert, update, remove, unchanged } = second.body;
    assert.deepEqual(
      {
        insertedIndexes: insert.map(({ index }) => index),
        updates: update.map(({ id, changed }) => [id, changed]),
        removedIds: remove.map(({ id }) => id),
        unchanged,
      },
      {
        insertedIndexes: [1],
        updates: [[first.body.insert[0]?.id, ['notes']]],
        removedIds: [first.body.insert[1]?.id],
        unchanged: 0,
      },
    );
    const task = await Task.findByPk(update[0]?.id, { include: ['categories'] });
    assert.deepEqual(
      {
        description: task?.description,
        notes: task?.notes,
        externalProvider: task?.externalProvider,
        externalId: task?.externalId,
        userId: task?.userId,
      },
      { description: 'Paint', notes: 'twice', externalProvider: provider, externalId: '1', userId: world.ana.user.id },
    );
  });

  it('accepts what GET returned', async () => {
    const provider = newProvider();
    await merge({
      provider,
      docs: [
        {
          externalId: 'a',
          description: 'Paint',
          categories: ['home'],
          dueOn: '2026-12-01',
          priority: 2,
          availableFrom: '2026-11-01T08:00:00+01:00',
          order: 1.5,
          completed: true,
        },
      ],
    });
    const read = await program.get<object[]>('/tasks', {
      'filter[externalProvider]': provider,
      'filter[status]': 'all',
      include: 'categories,user,assignee',
    });
    assert.equal(read.body.length, 1);
    const { body } = await merge({ provider, docs: read.body, update: 'put' });
    assert.deepEqual(
      { insert: body.insert, update: body.update, remove: body.remove, unchanged: body.unchanged },
      { insert: [], update: [], remove: [], unchanged: 1 },
    );
  });

  it('reports in a dry run what it would do', async () => {
    const provider = newProvider();
    const version = await versionOf();
    const body = { provider, docs: [{ externalId: 'a', description: 'Paint', categories: ['not created'] }] };
    const dry = await merge({ ...body, dryRun: true });
    assert.deepEqual(dry.body, {
      insert: [{ index: 0, id: null, externalId: 'a', description: 'Paint' }],
      update: [],
      remove: [],
      unchanged: 0,
      categories: [{ id: null, name: 'not created' }],
    });
    assert.equal(await versionOf(), version);
  });

  it('runs once for one Idempotency-Key', async () => {
    const provider = newProvider();
    const body = { provider, docs: [{ externalId: 'a', description: 'Paint' }] };
    const first = await merge(body, { 'idempotency-key': provider });
    assert.deepEqual((await merge(body, { 'idempotency-key': provider })).body, first.body);
    assertProblem(await merge({ ...body, docs: [] }, { 'idempotency-key': provider }), { status: 422, code: 112 });
  });

  it('A22: reports every invalid option and doc, and changes nothing', async () => {
    const version = await versionOf();
    const provider = newProvider();
    const doc = { externalId: 'a', description: 'Paint' };
    const wrong: [object, string[]][] = [
      [{}, ['provider', 'docs']],
      [{ provider: ' ', docs: [] }, ['provider']],
      [{ provider: 'x'.repeat(101), docs: [] }, ['provider']],
      [{ provider: 5, docs: 'none' }, ['provider', 'docs']],
      [{ provider, docs: [], listId: world.bob.list.id }, ['listId']],
      [{ provider, docs: [], listId: 'x' }, ['listId']],
      [{ provider, docs: [], compare: 'secret' }, ['compare']],
      [{ provider, docs: [], compare: [] }, ['compare']],
      [{ provider, docs: [], compare: ['__proto__'] }, ['compare']],
      [{ provider, docs: [], find: { status: 'late' } }, ['find.status']],
      [{ provider, docs: [], find: { dueBefore: 'tomorrow', x: 1 } }, ['find.dueBefore', 'find.x']],
      [{ provider, docs: [], insert: 'yes' }, ['insert']],
      [{ provider, docs: [], update: true }, ['update']],
      [{ provider, docs: [], update: 'merge' }, ['update']],
      [{ provider, docs: [], remove: 'hard' }, ['remove']],
      [{ provider, docs: [], remove: true }, ['remove']],
      [{ provider, docs: [], dryRun: 1 }, ['dryRun']],
      [{ provider, docs: [], force: true }, ['force']],
      [{ provider, docs: [doc, { ...doc, externalId: 'b', description: 'x'.repeat(501) }] }, ['docs.1.description']],
      [{ provider, docs: [doc, doc] }, ['docs.1.externalId']],
      [{ provider, docs: [{ description: 'No key' }] }, ['docs.0.externalId']],
      [{ provider, docs: [{ externalId: 'a' }] }, ['docs.0.description']],
      [
        {
          provider,
          docs: [{ ...doc, dueOn: '2026-02-30', priority: 4, completed: 'no', categoryIds: [0], colour: 'red' }],
        },
        ['docs.0.dueOn', 'docs.0.priority', 'docs.0.completed', 'docs.0.categoryIds.0', 'docs.0.colour'],
      ],
      [
        { provider, docs: [{ ...doc, availableFrom: '2026-02-02T00:00:00Z', availableUntil: '2026-02-01T00:00:00Z' }] },
        ['docs.0.availableUntil'],
      ],
      [
        { provider, docs: [{ ...doc, assigneeId: world.bob.user.id, categoryIds: [2 ** 31 - 1] }] },
        ['docs.0.assigneeId', 'docs.0.categoryIds'],
      ],
      [{ provider, docs: [{ ...doc, notes: 'half \ud800' }] }, ['docs.0.notes']],
      [{ provider: '', docs: [{ ...doc, priority: 4 }], force: true }, ['provider', 'docs.0.priority', 'force']],
      [{ provider, docs: [null, [], 'x'] }, ['docs.0', 'docs.1', 'docs.2']],
      [{ provider, docs: Array.from({ length: 10_001 }, (_, n) => ({ externalId: n, description: 'x' })) }, ['docs']],
    ];
    for (const [body, paths] of wrong) assertProblem(await merge(body), { status: 422, code: 101, paths });
    assertProblem(
      await merge({ provider, docs: [{ externalId: 'a', description: 'x', notes: 'x'.repeat(21 * 1024 * 1024) }] }),
      { status: 413, code: 108 },
    );
    assert.equal(await versionOf(), version);
  });

  it('A19: sets no reserved attribute', async () => {
    const provider = newProvider();
    const reserved = {
      id: 1,
      userId: world.bob.user.id,
      listId: world.bob.list.id,
      externalProvider: 'other',
      revision: 99,
      createdAt: '2001-01-01T00:00:00.000Z',
      updatedAt: '2001-01-01T00:00:00.000Z',
      deletedAt: '2001-01-01T00:00:00.000Z',
      url: 'x',
    };
    const { body } = await merge({ provider, docs: [{ externalId: 'a', description: 'Paint', ...reserved }] });
    const task = await Task.findByPk(body.insert[0]?.id ?? 0);
    assert.deepEqual(
      {
        userId: task?.userId,
        listId: task?.listId,
        externalProvider: task?.externalProvider,
        revision: task?.revision,
        seed: task?.seed,
        deletedAt: task?.deletedAt,
      },
      {
        userId: world.ana.user.id,
        listId: world.ana.list.id,
        externalProvider: provider,
        revision: 1,
        seed: false,
        deletedAt: null,
      },
    );
    assert.ok(task && task.id !== 1 && task.createdAt.getFullYear() > 2001);
    assertProblem(await merge({ provider, docs: [{ externalId: 'a', seed: true }] }), {
      status: 422,
      code: 101,
      paths: ['docs.0.seed'],
    });
  });

  it('A16: reaches nobody else’s list, and requires the write scope', async () => {
    const provider = newProvider();
    await mergeTasks(world.bob.viewer, {
      listId: world.bob.list.id,
      provider,
      docs: [{ externalId: 'a', description: 'His' }],
    });
    const { body } = await merge({ provider, docs: [], remove: 'physical' });
    assert.deepEqual(body.remove, []);
    assert.equal(await Task.count({ where: { listId: world.bob.list.id } }), 1);
    const theirs = await createCategory(world.bob.viewer, world.bob.list.id, { name: 'his', color: 'red' });
    assertProblem(await merge({ provider, docs: [], find: { categoryId: theirs.id }, listId: world.bob.list.id }), {
      status: 422,
      code: 101,
      paths: ['listId'],
    });
    assertProblem(await (await programOf(app, world.ana, ['read'])).post('/tasks/merge', { provider, docs: [] }), {
      status: 403,
      code: 103,
    });
  });

  it('accepts ten thousand docs; an open tab gets one hint, catches up and is current', async () => {
    const tab = await openTab(world.ana);
    const provider = newProvider();
    const docs = Array.from({ length: 10_000 }, (_, n) => ({ externalId: n, description: `Task number ${String(n)}` }));
    const { status, body } = await merge({ provider, docs });
    assert.deepEqual({ status, inserted: body.insert.length }, { status: 200, inserted: 10_000 });
    const version = await versionOf();
    const positions = await tab.waitFor('list_versions', (sent) => sent[world.ana.list.id]?.version === version);
    assert.deepEqual(tab.all('new_task'), []);
    const { epoch = '' } = positions[world.ana.list.id] ?? {};
    const answer = await tab.catchUp({ [world.ana.list.id]: { epoch, version: version - 10 } });
    assert.equal((answer as Record<string, { events?: unknown[] }>)[world.ana.list.id]?.events?.length, 10);
    assert.equal(await Event.count({ where: { listId: world.ana.list.id } }), version);
    tab.close();
  });
});
