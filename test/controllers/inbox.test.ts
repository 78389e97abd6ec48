import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { List } from '../../src/models/index.ts';
import { Event, Task, Follow } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { createWorld, type Person, type World } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { followTask } from '../../src/models/follow/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { completeTask, createTask, moveToTrash, reopenTask } from '../../src/models/task/commands.ts';
let app: TestApp;
let world: World;
let ana: Person;
let bob: Person;
let list: List;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  ({ ana, bob } = world);
  const team = await createTeam(ana.viewer, 'The house');
  await addMember(team, ana.user.id, bob.user.id);
  list = await findTeamList(team.id);
});
after(() => app.close());
beforeEach(() => Follow.update({ read: true }, { where: {} }));

/** A task of the team that bob follows. */
const followed = async (description: string): Promise<Task> => {
  const task = await createTask(ana.viewer, { listId: list.id, description });
  await followTask(bob.viewer, task.id);
  return task;
};
const rows = (text: string): string[] =>
  [...text.matchAll(/<form class="line"[^>]*>(.*?)<\/form>/gs)].map(([, line = '']) =>
    line
      .replace(/<[^>]+>/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
const shownBy = (text: string): string => /name="shown" value="([^"]*)"/.exec(text)?.[1] ?? '';
const readAll = ({ client }: Person, text: string) =>
  client.post('/inbox/reading', { until: /name="until" value="(\d+)"/.exec(text)?.[1] ?? '' });
const countOn = (text: string): string | undefined => /data-unread[^>]*>(\d+)</.exec(text)?.[1];
const inbox = async ({ client }: Person, path = '/inbox'): Promise<string> => (await client.get(path)).text;

describe('following a task', () => {
  it('starts and stops with a button on its page, idempotently', async () => {
    const task = await createTask(ana.viewer, { listId: list.id, description: 'Paint the door' });
    const page = `/tasks/${String(task.id)}`;
    const follows = async (): Promise<boolean> =>
      /<button[^>]*>Unfollow<\/button>/.test((await bob.client.get(page)).text);
    assert.equal(await follows(), false);
    for (let n = 0; n < 2; n += 1) assert.equal((await bob.client.post(`${page}/follow`)).location, page);
    assert.equal(await follows(), true);
    for (let n = 0; n < 2; n += 1) assert.equal((await bob.client.delete(`${page}/follow`)).location, page);
    assert.equal(await follows(), false);
  });

  it('is a 404 for people who cannot see the task', async () => {
    const { id } = await createTask(ana.viewer, { listId: list.id, description: 'Not for eve' });
    for (const path of [
      `/tasks/${String(id)}/follow`,
      `/tasks/${String(id)}/reading`,
      '/tasks/999999/follow',
      '/tasks/999999/reading',
      '/tasks/x/reading',
    ]) {
      assert.equal((await world.eve.client.post(path)).status, 404, path);
    }
    assert.equal(await Follow.count({ where: { userId: world.eve.user.id } }), 0);
  });
});

describe('the inbox', () => {
  it('has an empty state', async () => {
    const text = await inbox(bob);
    assert.match(text, /When others change a task you follow/);
    assert.match(text, /data-unread hidden[^>]*>0</);
  });

  it('says who did what, shows a count, and opening an item marks it as read', async () => {
    const task = await followed('<i>Paint</i> the door');
    await completeTask(task, ana.viewer);
    const text = await inbox(bob);
    assert.deepEqual([rows(text), countOn(text)], [['Ana completed &lt;i&gt;Paint&lt;/i&gt; the door'], '1']);
    assert.match(text, /The house/);
    const opened = await bob.client.post(`/tasks/${String(task.id)}/reading`);
    assert.deepEqual([opened.status, opened.location], [303, `/tasks/${String(task.id)}`]);
    assert.deepEqual(rows(await inbox(bob)), []);
  });

  it('contains tasks moved to the trash, and links there', async () => {
    const task = await followed('Not needed');
    await moveToTrash(task, ana.viewer);
    assert.deepEqual(rows(await inbox(bob)), ['Ana deleted Not needed']);
    assert.equal((await bob.client.post(`/tasks/${String(task.id)}/reading`)).location, '/trash');
    assert.deepEqual(rows(await inbox(bob)), []);
  });

  it('A7: is not changed by any GET', async () => {
    const task = await followed('Only looked at');
    await completeTask(task, ana.viewer);
    for (const path of ['/inbox', `/tasks/${String(task.id)}`, '/tasks', '/activity'])
      for (let n = 0; n < 2; n += 1) await bob.client.get(path);
    assert.deepEqual(rows(await inbox(bob)), ['Ana completed Only looked at']);
  });

  it('marks as read what it has shown, and nothing newer', async () => {
    const [first, second] = [await followed('First'), await followed('Second')];
    await completeTask(first, ana.viewer);
    await completeTask(second, ana.viewer);
    const text = await inbox(bob);
    await reopenTask(first, ana.viewer);
    assert.equal((await readAll(bob, text)).location, '/inbox');
    assert.deepEqual(rows(await inbox(bob)), ['Ana reopened First']);
  });

  it('marks nothing of other people as read, and rejects forged input', async () => {
    const task = await followed('For bob');
    await completeTask(task, ana.viewer);
    const text = await inbox(bob);
    const shown = shownBy((await bob.client.get(`/tasks/${String(task.id)}`)).text);
    assert.match(shown, /^\d+-\d+$/);
    assert.deepEqual(
      [(await world.eve.client.post('/inbox/reading', { shown })).status, (await readAll(world.eve, text)).status],
      [303, 303],
    );
    assert.deepEqual(rows(await inbox(bob)), ['Ana completed For bob']);
    const wrong: (Record<string, string> | undefined)[] = [
      undefined,
      {},
      { shown: '' },
      { shown: 'x' },
      { shown: '1-' },
      { shown: '-1-1' },
      { shown: '1-1;DROP' },
      { shown: '99999999999-1' },
      { shown: '9999999999-1' },
      { shown: `${'1-1,'.repeat(300)}1-1` },
      { shown: '1-1', more: '1' },
      { until: '' },
      { until: 'x' },
      { until: '-1' },
      { until: '9'.repeat(16) },
      { until: '1', shown: '1-1' },
    ];
    for (const form of wrong)
      assert.equal((await bob.client.post('/inbox/reading', form)).status, 422, JSON.stringify(form));
  });

  it('is paged, and each page can be marked as read', async () => {
    const tasks = await Task.bulkCreate(
      Array.from({ length: 60 }, (_, n) => ({
        listId: list.id,
        userId: ana.user.id,
        assigneeId: bob.user.id,
        description: `Number ${String(n)}`,
      })),
    );
    const first = await inbox(bob);
    assert.match(first, />Mark all as read</);
    const next = /href="([^"]+)" rel="next"/.exec(first)?.[1] ?? '';
    const second = await inbox(bob, next);
    assert.deepEqual(
      new Set([...rows(first), ...rows(second)]),
      new Set(tasks.map(({ description }) => `Ana added ${description} and assigned it to Bob`)),
    );
    assert.deepEqual([rows(first).length, rows(second).length], [50, 10]);
    assert.match(second, />Mark these as read</);
    await bob.client.post('/inbox/reading', { shown: shownBy(second) });
    assert.deepEqual([rows(await inbox(bob)), /rel="next"/.test(await inbox(bob))], [rows(first), false]);
    for (const after of [
      'x',
      Buffer.from('["x",1]').toString('base64url'),
      Buffer.from('["2026-11-21T09:30:00.000Z",-1]').toString('base64url'),
    ])
      assert.equal((await bob.client.get('/inbox', { after })).status, 400, after);
  });

  it('marks everything as read, beyond one page, but nothing newer than the page', async () => {
    const tasks = await Task.bulkCreate(
      Array.from({ length: 60 }, (_, n) => ({
        listId: list.id,
        userId: ana.user.id,
        assigneeId: bob.user.id,
        description: `Number ${String(n)}`,
      })),
    );
    const text = await inbox(bob);
    await completeTask(tasks[3]!, ana.viewer);
    await readAll(bob, text);
    assert.deepEqual(rows(await inbox(bob)), ['Ana completed Number 3']);
  });

  it('still contains a task whose events are pruned', async () => {
    const task = await followed('Long ago');
    await completeTask(task, ana.viewer);
    await Event.destroy({ where: { subjectId: task.id } });
    assert.deepEqual(rows(await inbox(bob)), ['Long ago']);
    assert.match((await bob.client.get(`/tasks/${String(task.id)}`)).text, /Someone changed this task/);
  });
});

describe('the page of a followed task', () => {
  it('shows what is new, and can be marked as read there', async () => {
    const task = await followed('Opened from a list');
    const page = `/tasks/${String(task.id)}`;
    await completeTask(task, ana.viewer);
    const { text } = await bob.client.get(page);
    assert.match(text, /data-reading/);
    const read = await bob.client.post('/inbox/reading', { shown: shownBy(text) }, { referer: `${app.url}${page}` });
    assert.equal(read.location, page);
    assert.doesNotMatch((await bob.client.get(page)).text, /data-reading/);
    assert.doesNotMatch((await ana.client.get(page)).text, /data-reading/);
  });
});
