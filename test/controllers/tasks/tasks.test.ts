import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Category, Task } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { createWorld, type World } from '../../support/world.ts';

let app: TestApp;
let world: World;

before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

const last = async (): Promise<Task> => {
  const task = await Task.findOne({ where: { listId: world.ana.list.id }, order: [['id', 'DESC']], paranoid: false });
  assert.ok(task);
  return task;
};

async function written(input: Record<string, string | string[]> = {}): Promise<Task> {
  const { status } = await world.ana.client.post('/tasks', { description: `Task ${randomUUID()}`, ...input });
  assert.equal(status, 303);
  return last();
}

describe('the task list', () => {
  it("shows a person's tasks, and nothing of them to a stranger", async () => {
    const task = await written({ description: 'Order the posters for the opening' });
    assert.match((await world.ana.client.get('/')).text, /Order the posters for the opening/);
    const stranger = await world.eve.client.get('/');
    assert.equal(stranger.status, 200);
    assert.doesNotMatch(stranger.text, /Order the posters/);
    assert.equal((await world.eve.client.get(`/tasks/${String(task.id)}`)).status, 404);
  });

  it('contains the versions shown, read before the rows', async () => {
    const { text } = await world.ana.client.get('/');
    const positions = /data-positions="([^"]+)"/.exec(text)?.[1]?.replaceAll('&quot;', '"') ?? '';
    await world.ana.list.reload();
    assert.equal(
      (JSON.parse(positions) as Record<string, { version: number }>)[world.ana.list.id]?.version,
      world.ana.list.version,
    );
  });

  it('is paged without repeating a row', async () => {
    const { bob } = world;
    await Task.bulkCreate(
      Array.from({ length: 120 }, (_, n) => ({
        listId: bob.list.id,
        userId: bob.user.id,
        description: `row-${String(n)}.`,
      })),
    );
    const seen: string[] = [];
    for (let path: string | undefined = '/tasks'; path;) {
      const { text } = await bob.client.get(path);
      seen.push(...(text.match(/row-\d+\./g) ?? []).filter((row, index, all) => all.indexOf(row) === index));
      path = /href="([^"]*after=[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    assert.deepEqual([seen.length, new Set(seen).size], [120, 120]);
  });

  it('filters by text, category and status', async () => {
    const { client, list, user } = world.ana;
    await client.post('/categories', { name: 'venue', color: 'blue' });
    const category = await Category.findOne({ where: { listId: list.id }, rejectOnEmpty: true });
    const [hall, done] = [
      await written({ description: 'Book the hall', categoryIds: [String(category.id)] }),
      await written({ description: 'Pay the hall' }),
    ];
    await client.post(`/tasks/${String(done.id)}/completion`);
    assert.equal(hall.userId, user.id);
    const shows = async (query: string): Promise<boolean[]> => {
      const { text, status } = await client.get(`/tasks?${query}`);
      assert.equal(status, 200, query);
      return ['Book the hall', 'Pay the hall'].map((words) => text.includes(words));
    };
    assert.deepEqual(await shows('q=book+the+hall'), [true, false]);
    assert.deepEqual(await shows('q=the+hall'), [true, true], 'a search says what is done, too');
    assert.deepEqual(await shows(`category=${String(category.id)}`), [true, false]);
    assert.deepEqual(await shows('status=done'), [false, true]);
    assert.deepEqual(await shows('status=all&q=hall'), [true, true]);
    assert.deepEqual(await shows('list=&category=&status=&q=&due=&sort='), [true, true]);
    assert.deepEqual(await shows('q=%25'), [false, false]);
  });
});

describe('a task', () => {
  it('is created and shown with all its fields', async () => {
    const task = await written({
      description: ' Check the sound ',
      notes: 'with the\r\ntechnician',
      dueOn: '2026-12-14',
      priority: '3',
    });
    assert.deepEqual(
      [task.description, task.notes, task.dueOn, task.priority],
      ['Check the sound', 'with the\ntechnician', '2026-12-14', 3],
    );
    const page = await world.ana.client.get(`/tasks/${String(task.id)}`);
    assert.match(page.text, /Check the sound/);
    assert.match(page.text, /technician/);
  });

  it('is created once, however often its form is submitted', async () => {
    const form = { description: 'Just once', formKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.ana.client.post('/tasks', form)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([303]));
    assert.equal(await Task.count({ where: { description: 'Just once' } }), 1);
  });

  it('is completed and reopened, idempotently', async () => {
    const task = await written();
    const completion = `/tasks/${String(task.id)}/completion`;
    for (const [change, completed] of [
      ['post', true],
      ['post', true],
      ['delete', false],
      ['delete', false],
    ] as const) {
      assert.equal((await world.ana.client[change](completion)).status, 303);
      assert.equal((await task.reload()).completed, completed);
    }
  });

  it('is edited with the current text revision', async () => {
    const task = await written({ description: 'Before' });
    const path = `/tasks/${String(task.id)}`;
    const edited = await world.ana.client.patch(path, {
      description: 'After',
      notes: '',
      dueOn: '',
      priority: '1',
      textRevision: '1',
    });
    assert.deepEqual([edited.status, edited.location], [303, path]);
    assert.deepEqual([(await task.reload()).description, task.priority], ['After', 1]);
  });

  it('is not overwritten by an edit of an older text: both texts are shown and nothing is saved', async () => {
    const task = await written({ description: 'Opened by two' });
    const path = `/tasks/${String(task.id)}`;
    await world.ana.client.patch(path, { description: 'The first one saved', textRevision: '1' });
    const { status, text } = await world.ana.client.patch(path, {
      description: 'The second one typed',
      textRevision: '1',
    });
    assert.equal(status, 409);
    assert.match(text, /The first one saved/);
    assert.match(text, /The second one typed/);
    assert.equal((await task.reload()).description, 'The first one saved');
    const kept = await world.ana.client.patch(path, {
      description: 'The second one typed',
      textRevision: String(task.textRevision),
    });
    assert.equal(kept.status, 303);
    assert.equal((await task.reload()).description, 'The second one typed');
  });

  it('goes to the trash, is restored with one click, and is purged', async () => {
    const { client } = world.ana;
    const task = await written({ description: 'Throw this away' });
    const id = String(task.id);
    assert.equal((await client.delete(`/tasks/${id}`)).status, 303);
    const list = await client.get('/');
    assert.match(list.text, new RegExp(`/trash/${id}/restore`), 'the next page offers to undo');
    assert.match((await client.get('/trash')).text, /Throw this away/);
    assert.equal((await client.get(`/tasks/${id}`)).status, 404);
    assert.equal((await client.post(`/trash/${id}/restore`)).status, 303);
    assert.equal((await client.get(`/tasks/${id}`)).status, 200);
    assert.equal((await client.delete(`/trash/${id}`)).status, 404, 'only what is in the trash can be purged');
    await client.delete(`/tasks/${id}`);
    assert.equal((await client.delete(`/trash/${id}`)).status, 303);
    assert.equal(await Task.findByPk(task.id, { paranoid: false }), null);
  });

  it('ignores attributes that its form does not have', async () => {
    const reserved = {
      id: '999999',
      userId: '1',
      createdAt: '2001-01-01',
      deletedAt: '2001-01-01',
      completedAt: '2001-01-01',
      revision: '77',
      textRevision: '77',
      seed: 'true',
      externalProvider: 'x',
      externalId: 'y',
      version: '9',
    };
    const task = await written(reserved);
    assert.deepEqual(
      [
        task.userId,
        task.revision,
        task.textRevision,
        task.seed,
        task.externalId,
        task.deletedAt,
        task.completedAt,
        task.createdAt.getUTCFullYear(),
      ],
      [world.ana.user.id, 1, 1, false, null, null, null, new Date().getUTCFullYear()],
    );
    assert.notEqual(task.id, 999_999);
  });
});

describe('categories', () => {
  it('are created, renamed, coloured and deleted, and their tasks stay', async () => {
    const { client, list } = world.bob;
    assert.equal((await client.post('/categories', { name: ' guests ', color: 'green' })).status, 303);
    const category = await Category.findOne({ where: { listId: list.id }, rejectOnEmpty: true });
    assert.deepEqual([category.name, category.color], [{ original: 'guests' }, 'green']);
    const path = `/categories/${String(category.id)}`;
    await client.post('/tasks', { description: 'Invite', categoryIds: [String(category.id)] });
    assert.equal((await client.patch(path, { name: 'people', color: 'pink' })).status, 303);
    assert.match((await client.get('/categories')).text, /people/);
    assert.equal((await client.get(path)).location, `/tasks?category=${String(category.id)}`);
    assert.equal((await client.delete(path)).status, 303);
    assert.equal(await Task.count({ where: { listId: list.id, description: 'Invite' } }), 1);
  });

  it('have unique names within a list', async () => {
    const { client } = world.bob;
    await client.post('/categories', { name: 'twice', color: 'red' });
    const { status, text } = await client.post('/categories', { name: 'Twice', color: 'red' });
    assert.equal(status, 422);
    assert.match(text, /value="Twice"/, 'what was typed is kept');
  });
});
