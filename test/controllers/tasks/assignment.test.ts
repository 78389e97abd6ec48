import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { daysAfter } from '../../../src/lib/local-time.ts';
import type { List, Team } from '../../../src/models/index.ts';
import { Task, type User } from '../../../src/models/index.ts';
import { dayIn } from '../../../src/shared/format.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { createWorld, type World } from '../../support/world.ts';
import { addMember, createTeam } from '../../../src/models/team/commands.ts';
import { createCategory } from '../../../src/models/category/commands.ts';
import { findTeamList } from '../../../src/models/list/queries.ts';
import { completeTask, createTask, editTask, reopenTask, updateTask } from '../../../src/models/task/commands.ts';
let app: TestApp;
let world: World;
let team: Team;
let list: List;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  team = await createTeam(world.ana.viewer, 'The house');
  await addMember(team, world.ana.user.id, world.bob.user.id);
  list = await findTeamList(team.id);
});
after(() => app.close());

const today = dayIn('Europe/Madrid', new Date());
const write = (attributes: Partial<Parameters<typeof createTask>[1]> = {}): Promise<Task> =>
  createTask(world.ana.viewer, { listId: list.id, description: 'Paint the door', ...attributes });
const idOf = ({ user }: { user: User }): string => String(user.id);
const choices = (text: string): string[] =>
  [...(/<select[^>]*name="assigneeId".*?<\/select>/s.exec(text)?.[0] ?? '').matchAll(/<option[^>]*>([^<]*)</g)].map(
    ([, name = '']) => name,
  );
const rowsIn = (text: string): string[] =>
  [...text.matchAll(/<a class="line"[^>]*><bdi>(.*?)<\/bdi>/g)].map(([, description = '']) => description);
const words = (text: string): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

describe('the task form', () => {
  it("offers the team's members as assignees, and nobody in a personal list", async () => {
    const { ana } = world;
    const task = await write();
    assert.deepEqual(choices((await ana.client.get('/tasks/new', { list: String(list.id) })).text), [
      'No one',
      'Ana',
      'Bob',
    ]);
    assert.deepEqual(choices((await ana.client.get(`/tasks/${String(task.id)}/edit`)).text), ['No one', 'Ana', 'Bob']);
    assert.deepEqual(choices((await ana.client.get('/tasks/new')).text), []);
  });

  it('assigns, shows the assignee on the list and the page, and unassigns', async () => {
    const { ana, bob } = world;
    await ana.client.post('/tasks', {
      description: 'Sweep the stairs',
      listId: String(list.id),
      assigneeId: idOf(bob),
    });
    const task = await Task.findOne({ where: { description: 'Sweep the stairs' }, rejectOnEmpty: true });
    assert.equal(task.assigneeId, bob.user.id);
    const path = `/tasks/${String(task.id)}`;
    assert.match((await ana.client.get('/tasks', { list: String(list.id) })).text, /Assigned to\s<bdi>Bob<\/bdi>/);
    assert.match((await ana.client.get(path)).text, /<dt>Assigned to<\/dt><dd><bdi>Bob<\/bdi><\/dd>/);
    assert.match((await ana.client.get(`${path}/edit`)).text, new RegExp(`<option value="${idOf(bob)}" selected`));
    await ana.client.patch(path, { description: 'Sweep the stairs', assigneeId: '', textRevision: '1' });
    assert.equal((await task.reload()).assigneeId, null);
  });

  it('A18: rejects strangers and disabled users as assignees beside the field, and keeps the input', async () => {
    const { ana, eve } = world;
    const task = await write();
    for (const assigneeId of [idOf(eve), '999999', 'x']) {
      for (const { status, text } of [
        await ana.client.post('/tasks', { description: 'Kept as typed', listId: String(list.id), assigneeId }),
        await ana.client.patch(`/tasks/${String(task.id)}`, {
          description: 'Kept as typed',
          assigneeId,
          textRevision: '1',
        }),
      ]) {
        assert.equal(status, 422);
        assert.match(text, /id="assigneeId-error"/);
        assert.match(text, /value="Kept as typed"/);
        assert.deepEqual(choices(text), ['No one', 'Ana', 'Bob']);
      }
    }
    assert.equal((await task.reload()).revision, 1);
  });

  it('keeps the chosen assignee after an edit conflict', async () => {
    const { ana, bob } = world;
    const task = await write();
    await editTask(task, bob.viewer, { description: 'Paint the door red' }, 1);
    const { status, text } = await ana.client.patch(`/tasks/${String(task.id)}`, {
      description: 'Paint the gate',
      assigneeId: idOf(bob),
      textRevision: '1',
    });
    assert.equal(status, 409);
    assert.match(text, new RegExp(`<option value="${idOf(bob)}" selected`));
  });
});

describe('a list', () => {
  it('filters a team list by assignee', async () => {
    const { ana, bob } = world;
    await write({ description: 'For bob', assigneeId: bob.user.id });
    const { text } = await ana.client.get('/tasks', { list: String(list.id), assignee: idOf(bob) });
    assert.ok(rowsIn(text).includes('For bob'));
    assert.ok(!rowsIn(text).includes('Paint the door'));
    assert.match(text, /<select id="assignee"/);
    assert.doesNotMatch((await ana.client.get('/tasks')).text, /<select id="assignee"/);
    assert.equal((await ana.client.get('/tasks', { assignee: 'x' })).status, 400);
  });

  it('counts the open tasks of the lists shown', async () => {
    const { ana } = world;
    await createTask(ana.viewer, { listId: ana.list.id, description: 'At home' });
    const open = async (query: Record<string, string>): Promise<number> =>
      Number(/data-open-count="(\d+)"/.exec((await ana.client.get('/tasks', query)).text)?.[1]);
    assert.equal(await open({}), (await open({ list: String(list.id) })) + (await open({ list: String(ana.list.id) })));
  });
});

describe('“My tasks”', () => {
  it('shows open tasks assigned to the viewer in all lists, overdue first, each with its list', async () => {
    const { ana, bob } = world;
    const mine = (description: string, listId: number, dueOn: string | null) =>
      createTask(ana.viewer, { listId, description, dueOn, assigneeId: bob.user.id });
    const other = await createTeam(bob.viewer, 'The <garden>');
    await addMember(other, bob.user.id, ana.user.id);
    const garden = await findTeamList(other.id);
    await Task.destroy({ where: { assigneeId: bob.user.id } });
    await mine('some day', list.id, null);
    await mine('next week', garden.id, daysAfter(today, 7));
    await mine('today', list.id, today);
    await mine('last week', garden.id, daysAfter(today, -7));
    await completeTask(await mine('done', list.id, today), bob.viewer);
    await createTask(bob.viewer, { listId: bob.list.id, description: 'nobody said who' });
    const { text } = await bob.client.get('/tasks/mine');
    assert.deepEqual(rowsIn(text), ['last week', 'today', 'next week', 'some day']);
    assert.deepEqual(
      [...text.matchAll(/<h2 class="day"[^>]*>([^<]*)</g)].map(([, heading]) => heading),
      ['Late', 'Today', 'Later', 'No date'],
    );
    assert.match(text, /<bdi class="of-list">The &lt;garden&gt;<\/bdi>/);
    assert.match(text, /<a href="\/tasks\/mine" aria-current="page">.*?<span class="count" aria-label="4 open">4</s);
    assert.ok(!rowsIn((await ana.client.get('/tasks/mine')).text).includes('today'));
  });

  it('is paged, and completing a task from it returns to it', async () => {
    const { ana, bob } = world;
    await Task.bulkCreate(
      Array.from({ length: 60 }, (_, n) => ({
        listId: list.id,
        userId: ana.user.id,
        description: `One of many ${String(n)}`,
        assigneeId: bob.user.id,
      })),
    );
    const seen: string[] = [];
    for (let next: string | undefined = '/tasks/mine'; next;) {
      const { text }: { text: string } = await bob.client.get(next);
      seen.push(...rowsIn(text));
      next = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replace(/&amp;/g, '&');
    }
    assert.deepEqual([seen.length, new Set(seen).size], [64, 64]);
    const { id } = await Task.findOne({ where: { description: 'One of many 7' }, rejectOnEmpty: true });
    assert.equal(
      (await bob.client.post(`/tasks/${String(id)}/completion`, {}, { referer: `${app.url}/tasks/mine` })).location,
      '/tasks/mine',
    );
  });

  it('requires sign-in, and has an empty state', async () => {
    assert.match((await world.eve.client.get('/tasks/mine')).text, /Nothing is assigned to you/);
    assert.match((await world.anon.get('/tasks/mine')).location ?? '', /^\/login/);
    assert.equal((await world.eve.client.get('/tasks/mine', { after: 'x' })).status, 400);
  });
});

describe('moving a task on its page', () => {
  it('names the categories and assignee that could not move', async () => {
    const { ana, bob } = world;
    const label = await createCategory(ana.viewer, list.id, { name: 'left <behind>', color: 'red' });
    const task = await write({ description: 'On its way', assigneeId: bob.user.id, categoryIds: [label.id] });
    const path = `/tasks/${String(task.id)}`;
    const { status, location } = await ana.client.put(`${path}/list`, { listId: String(ana.list.id) });
    assert.deepEqual([status, location], [303, path]);
    const { text } = await ana.client.get(path);
    assert.match(
      words(text),
      /“On its way” moved to “Home”. Removed categories that don’t exist there: left &lt;behind&gt;. It is no longer assigned to Bob/,
    );
    assert.equal((await bob.client.get(path)).status, 404);
  });

  it('A18: rejects a list that the viewer cannot see, and changes nothing', async () => {
    const { ana, eve } = world;
    const task = await write();
    for (const listId of [String(eve.list.id), '999999', 'x', '']) {
      const { status, text } = await ana.client.put(`/tasks/${String(task.id)}/list`, { listId });
      assert.equal(status, 422, listId);
      assert.match(text, /id="listId-error"/);
    }
    assert.equal((await eve.client.put(`/tasks/${String(task.id)}/list`, { listId: String(eve.list.id) })).status, 404);
    assert.equal((await world.anon.put(`/tasks/${String(task.id)}/list`, { listId: String(list.id) })).status, 401);
    assert.deepEqual([(await task.reload()).listId, task.revision], [list.id, 1]);
  });

  it('is offered only to people with another list', async () => {
    const task = await createTask(world.eve.viewer, { listId: world.eve.list.id, description: 'x' });
    assert.doesNotMatch((await world.eve.client.get(`/tasks/${String(task.id)}`)).text, /Move to another list/);
    assert.match((await world.ana.client.get(`/tasks/${String((await write()).id)}`)).text, /Move to another list/);
  });
});

describe('a task’s history', () => {
  it('is on its page, newest first, and complete in the activity', async () => {
    const { ana, bob } = world;
    const task = await write({ description: 'Mend the roof' });
    await updateTask(task, ana.viewer, { assigneeId: bob.user.id });
    for (let n = 0; n < 6; n += 1) {
      await completeTask(task, bob.viewer);
      await reopenTask(task, ana.viewer);
    }
    const { text } = await bob.client.get(`/tasks/${String(task.id)}`);
    const entries = [...text.matchAll(/<span class="line">(.*?)<\/span>/gs)].map(([, line = '']) => words(line).trim());
    assert.equal(entries.length, 10);
    assert.equal(entries[0], 'Ana reopened Mend the roof');
    assert.match(text, new RegExp(`href="/activity\\?task=${String(task.id)}"`));
    const all = (await bob.client.get('/activity', { task: String(task.id) })).text;
    assert.equal([...all.matchAll(/data-entry=/g)].length, 14);
    assert.match(words(all), /Ana assigned Mend the roof to Bob/);
    assert.doesNotMatch((await world.eve.client.get('/activity', { task: String(task.id) })).text, /data-entry=/);
  });
});
