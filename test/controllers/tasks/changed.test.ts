import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Category, Task } from '../../../src/models/index.ts';
import type { TaskChanged } from '../../../src/shared/events.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import type { Form } from '../../support/client.ts';
import { createWorld, type World } from '../../support/world.ts';

const JSON_ONLY = { accept: 'application/json' };

describe("The answer to the page's script", () => {
  let app: TestApp;
  let world: World;

  before(async () => {
    app = await startApp();
    world = await createWorld(app);
  });
  after(() => app.close());

  /** From a page of ours. */
  const from = (page: string): Record<string, string> => ({ ...JSON_ONLY, referer: `${app.url}${page}` });
  const add = async (form: Record<string, string | string[]>, page = '/tasks'): Promise<TaskChanged> => {
    const { status, text } = await world.ana.client.post('/tasks', form, from(page));
    assert.equal(status, 200, text);
    return JSON.parse(text) as TaskChanged;
  };
  const idOf = ({ task }: TaskChanged): number => task?.id ?? assert.fail('there is no task');

  it('is the task, and no notice where the page shows it', async () => {
    const { task, notice } = await add({ description: ' Water the plants ' });
    assert.equal(task?.description, 'Water the plants');
    assert.equal(task.listId, world.ana.list.id);
    assert.equal(notice, null);
    assert.ok(!('formKey' in task));
  });

  it('is the same task for the same form key, also while the first is under way', async () => {
    const form = { description: 'only once', formKey: randomUUID() };
    const all = await Promise.all(Array.from({ length: 8 }, () => add(form)));
    assert.equal(new Set(all.map(idOf)).size, 1);
    assert.equal(await Task.count({ where: { description: 'only once' } }), 1);
    assert.notEqual(idOf(await add({ ...form, description: 'another text' })), idOf(all[0] as TaskChanged));
  });

  it('is no task where it has been deleted since', async () => {
    const form = { description: 'soon gone', formKey: randomUUID() };
    await world.ana.client.delete(`/tasks/${String(idOf(await add(form)))}`);
    assert.deepEqual(await add(form), { task: null, notice: null });
  });

  it('says where a task is that the page does not show', async () => {
    const { ana } = world;
    const category = await Category.create({ listId: ana.list.id, name: { original: 'garden' }, color: 'green' });
    const cases: { page: string; form?: Record<string, string | string[]>; hidden: boolean }[] = [
      { page: '/', hidden: false },
      { page: `/tasks?list=${String(ana.list.id)}`, hidden: false },
      { page: '/tasks?status=all', hidden: false },
      { page: '/tasks?sort=due', hidden: false },
      { page: '/tasks?q=hidden', hidden: false },
      { page: '/tasks?q=elsewhere', hidden: true },
      { page: '/tasks?status=done', hidden: true },
      { page: '/tasks?due=late', hidden: true },
      { page: `/tasks?category=${String(category.id)}`, hidden: true },
      { page: `/tasks?category=${String(category.id)}`, form: { categoryIds: [String(category.id)] }, hidden: false },
      { page: '/tasks/mine', hidden: true },
      { page: '/tasks/new', hidden: false },
      { page: '/tasks?status=nonsense', hidden: false },
      { page: '/inbox', hidden: false },
    ];
    for (const { page, form, hidden } of cases) {
      const { task, notice } = await add({ description: 'maybe hidden', ...form }, page);
      assert.equal(notice !== null, hidden, page);
      if (!notice || !task) continue;
      assert.equal(notice.message, '“maybe hidden” was added to “Home”. This page doesn’t show it.');
      assert.deepEqual(notice.link, { href: `/tasks/${String(task.id)}`, label: 'Show task' });
      assert.deepEqual(notice.undo, { action: `/tasks/${String(task.id)}`, method: 'DELETE', label: 'Undo' });
    }
  });

  it('says what a completed or reopened task can no longer be seen on', async () => {
    const id = idOf(await add({ description: 'back and forth' }));
    const path = `/tasks/${String(id)}/completion`;
    const change = async (method: 'post' | 'delete', page: string): Promise<TaskChanged> =>
      JSON.parse((await world.ana.client[method](path, {}, from(page))).text) as TaskChanged;
    for (const [method, page, hidden] of [
      ['post', '/tasks', false],
      ['delete', '/tasks', false],
      ['post', '/tasks?q=back', true],
      ['delete', '/tasks?status=done', true],
      ['post', '/tasks?status=all', false],
      ['delete', '/tasks?status=all', false],
      ['post', `/tasks/${String(id)}`, false],
    ] as const) {
      const { task, notice } = await change(method, page);
      assert.equal(task?.completed, method === 'post');
      assert.equal(notice !== null, hidden, `${method} ${page}`);
      assert.equal(notice?.undo?.method, hidden ? (method === 'post' ? 'DELETE' : 'POST') : undefined);
    }
  });

  it('is a problem in the language of the person where the text is refused', async () => {
    await world.ana.user.update({ locale: 'es' });
    const refused: Form[] = [
      { description: '' },
      { description: 'x'.repeat(501) },
      { description: 'x', listId: '999999' },
    ];
    for (const form of refused) {
      const { status, headers, text } = await world.ana.client.post('/tasks', form, from('/tasks'));
      assert.equal(status, 422);
      assert.match(headers.get('content-type') ?? '', /problem\+json/);
      assert.match(
        (JSON.parse(text) as { errors: { message: string }[] }).errors[0]?.message ?? '',
        /lista|descripción|caracteres/,
      );
    }
    await world.ana.user.update({ locale: 'en' });
  });

  it('is 401 for a page of somebody who was signed in before, and nothing is stored', async () => {
    const before = await Task.count();
    for (const [viewer, status] of [
      [world.bob.user.id, 401],
      [world.ana.user.id, 200],
    ] as const) {
      const answer = await world.ana.client.post(
        '/tasks',
        { description: 'whose is it?' },
        { ...from('/tasks'), 'x-viewer': String(viewer) },
      );
      assert.equal(answer.status, status);
    }
    assert.equal(await Task.count(), before + 1);
    assert.equal((await world.anon.post('/tasks', { description: 'x' }, JSON_ONLY)).status, 401);
  });

  it('to a form is a page that shows the same notice', async () => {
    const { client } = world.ana;
    const headers = { referer: `${app.url}/tasks?q=nothing` };
    assert.equal((await client.post('/tasks', { description: 'by form' }, headers)).location, '/tasks?q=nothing');
    const { text } = await client.get('/tasks?q=nothing');
    assert.match(text, /“by form” was added to “Home”/);
    assert.match(text, /Show task/);
  });

  it('to a restored task says where it is', async () => {
    const { client } = world.ana;
    const id = idOf(await add({ description: 'out of the trash' }));
    await client.delete(`/tasks/${String(id)}`);
    await client.get('/tasks');
    await client.post(`/trash/${String(id)}/restore`);
    assert.match((await client.get('/trash')).text, /“out of the trash” is back in “Home”/);
  });
});
