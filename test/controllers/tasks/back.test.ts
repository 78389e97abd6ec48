import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startApp, type TestApp } from '../../support/app.ts';
import { createWorld, type World } from '../../support/world.ts';
import { createTask, moveToTrash } from '../../../src/models/task/commands.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

const aTask = async (description = 'Paint the fence'): Promise<number> =>
  (await createTask(world.ana.viewer, { description, listId: world.ana.list.id, dueOn: '2026-01-05' })).id;
const lists = [
  '/tasks',
  '/',
  '/tasks?q=paint&sort=due',
  '/tasks?status=all&after=abc',
  '/tasks/mine',
  '/trash',
  '/inbox',
  '/activity?list=1',
];
/** As an attribute has it. */
const escaped = (address: string): string => address.replaceAll('&', '&amp;');
const inQuery = (list: string): string => encodeURIComponent(list).replaceAll('%2F', '/');

describe('a list that one came from', () => {
  it('is named by its rows, with filter, sort and page', async () => {
    const id = await aTask();
    for (const list of ['/tasks', '/', '/tasks?q=paint&sort=due', '/tasks?status=all']) {
      const { text } = await world.ana.client.get(list);
      assert.ok(text.includes(`href="/tasks/${String(id)}?from=${inQuery(list)}"`), list);
      assert.ok(text.includes(`name="from" value="${escaped(list)}"`), 'a new task too');
    }
  });

  it('is where every way out of a task leads: back, edit, cancel, save, delete', async () => {
    const { client } = world.ana;
    for (const from of lists) {
      const id = await aTask();
      const page = `/tasks/${String(id)}`;
      const back = escaped(`${from}#task_${String(id)}`);
      const shown = await client.get(page, { from });
      assert.ok(shown.text.includes(`href="${back}"`), from);
      assert.ok(shown.text.includes(`href="${page}/edit?from=${inQuery(from)}"`));
      const edit = await client.get(`${page}/edit`, { from });
      assert.ok(edit.text.includes(`href="${back}"`), 'cancel');
      const saved = await client.patch(page, { description: 'Painted', textRevision: '1', from });
      assert.deepEqual([saved.status, saved.location], [303, `${from}#task_${String(id)}`]);
      const conflict = await client.patch(page, { description: 'Again', textRevision: '1', from });
      assert.equal(conflict.status, 409);
      assert.ok(conflict.text.includes(`name="from" value="${escaped(from)}"`));
      const refused = await client.patch(page, { description: '', textRevision: '2', from });
      assert.equal(refused.status, 422);
      assert.ok(refused.text.includes(`href="${back}"`));
      const referer = `${app.url}${page}?from=${inQuery(from)}`;
      const followed = await client.delete(`${page}/follow`, {}, { referer });
      assert.equal(followed.location, `${page}?from=${inQuery(from)}`, 'a press on the page keeps it');
      assert.equal((await client.delete(page, { from }, { referer })).location, from);
    }
  });

  it('is where a new task with more fields, and cancelling it, lead', async () => {
    const from = '/tasks?q=paint&sort=due';
    const form = await world.ana.client.get('/tasks/new', { from });
    assert.ok(form.text.includes(`href="${escaped(from)}"`));
    const referer = `${app.url}/tasks/new?from=${inQuery(from)}`;
    const made = await world.ana.client.post('/tasks', { description: 'Paint the gate', from }, { referer });
    assert.equal(made.location, from);
  });

  it('is a list of this site, or none', async () => {
    const id = await aTask();
    for (const from of [
      'https://evil.example',
      '//evil.example/tasks',
      '/\\evil',
      '/login',
      '/logout',
      '/settings',
      '/tasks/1',
      `/tasks?q=${'x'.repeat(3000)}`,
    ]) {
      const { text } = await world.ana.client.get(`/tasks/${String(id)}`, { from });
      assert.ok(text.includes(`href="/tasks#task_${String(id)}"`), from.slice(0, 40));
      const { location } = await world.ana.client.patch(`/tasks/${String(id)}`, { description: '', from });
      assert.equal(location, null);
    }
    const saved = await world.ana.client.patch(`/tasks/${String(id)}`, {
      description: 'x',
      textRevision: '1',
      from: '//e',
    });
    assert.equal(saved.location, `/tasks/${String(id)}`);
  });
});

describe('a task that somebody else has deleted', () => {
  it('says that it is in the trash, with the way there, back, and to restore it', async () => {
    const { client } = world.ana;
    const id = await aTask('Rake <the> leaves');
    await client.delete(`/tasks/${String(id)}`);
    const { status, text } = await client.get(`/tasks/${String(id)}`, { from: '/tasks?sort=due' });
    assert.equal(status, 404);
    assert.match(text, /“.Rake &lt;the&gt; leaves.” is in the trash/);
    assert.match(text, /data-sidebar/);
    for (const link of ['href="/trash"', 'href="/tasks?sort=due#', `action="/trash/${String(id)}/restore"`])
      assert.ok(text.includes(link), link);
    const restored = await client.post(
      `/trash/${String(id)}/restore`,
      {},
      { referer: `${app.url}/tasks/${String(id)}` },
    );
    assert.equal(restored.location, `/tasks/${String(id)}`);
    assert.equal((await client.get(`/tasks/${String(id)}`)).status, 200);
  });

  it('keeps what was typed meanwhile, to restore and save it', async () => {
    const { client } = world.ana;
    const id = await aTask();
    await client.delete(`/tasks/${String(id)}`);
    const typed = {
      description: 'Paint the boat',
      notes: 'twice',
      textRevision: '1',
      priority: '2',
      priorityBefore: '0',
    };
    const sent = await client.patch(`/tasks/${String(id)}`, typed);
    assert.equal(sent.status, 404);
    for (const value of ['Paint the boat', 'twice', 'Restore and save']) assert.ok(sent.text.includes(value));
    const saved = await client.patch(`/tasks/${String(id)}`, { ...typed, restore: 'on' });
    assert.equal(saved.status, 303, saved.text);
    assert.match((await client.get(`/tasks/${String(id)}`)).text, /Paint the boat/);
  });

  it("tells nobody else: another's task is missing, in the trash or not", async () => {
    const task = await createTask(world.ana.viewer, { description: 'Hers', listId: world.ana.list.id });
    await moveToTrash(task, world.ana.viewer);
    const { status, text } = await world.eve.client.get(`/tasks/${String(task.id)}`);
    assert.equal(status, 404);
    assert.doesNotMatch(text, /Hers|in the trash/);
  });
});

describe('an error page', () => {
  it('keeps the navigation for people who are signed in', async () => {
    for (const path of ['/nowhere', '/tasks/999999', '/tasks?after=x', '/admin/users', '/teams/999999']) {
      const { status, text } = await world.ana.client.get(path);
      assert.ok(status === 404 || status === 400, path);
      assert.match(text, /data-sidebar/, path);
      assert.match(text, /href="\/tasks\/mine"/);
      assert.doesNotMatch((await world.anon.get('/nowhere')).text, /data-sidebar/);
    }
  });
});
