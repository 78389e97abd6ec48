import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { List } from '../../src/models/index.ts';
import { Category, Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/process.ts';
import { createWorld, type World } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { createCategory, destroyCategory, updateCategory } from '../../src/models/category/commands.ts';
import {
  completeTask,
  createTask,
  editTask,
  moveToTrash,
  purgeTask,
  reopenTask,
  updateTask,
} from '../../src/models/task/commands.ts';
import { moveTask } from '../../src/models/task/move.ts';
let app: TestApp;
let world: World;
let list: List;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  const team = await createTeam(world.ana.viewer, 'The house');
  await addMember(team, world.ana.user.id, world.bob.user.id);
  list = await findTeamList(team.id);
});
after(() => app.close());

const entriesIn = (text: string): string[] =>
  [...text.matchAll(/<span class="line">(.*?)<\/span>/gs)].map(([, line = '']) => plain(line));

const plain = (html: string): string =>
  html
    .replace(/<[^>]+>/g, '')
    .replace(/\s+/g, ' ')
    .trim();

/** What changed besides, by entry. */
const changesIn = (text: string): string[][] =>
  text
    .split('data-entry=')
    .slice(1)
    .map((entry) =>
      [...(/<ul class="changes">(.*?)<\/ul>/s.exec(entry)?.[1] ?? '').matchAll(/<li>(.*?)<\/li>/gs)].map(
        ([, line = '']) => plain(line.replace(/(class="changed">[^<]*)/, '$1:')),
      ),
    );

describe('the activity', () => {
  it('shows who did what to which task, newest first, to team members only', async () => {
    const { ana, bob, eve } = world;
    const task = await createTask(ana.viewer, { listId: list.id, description: '<i>Paint</i> the door' });
    await completeTask(task, bob.viewer);
    await createTask(ana.viewer, { listId: ana.list.id, description: 'Between me and myself' });
    const { text } = await bob.client.get('/activity');
    assert.deepEqual(entriesIn(text).slice(0, 2), [
      'Bob completed &lt;i&gt;Paint&lt;/i&gt; the door',
      'Ana added &lt;i&gt;Paint&lt;/i&gt; the door',
    ]);
    assert.ok(text.includes(`href="/tasks/${String(task.id)}?from=/activity"`));
    assert.ok(!text.includes('Between me'));
    assert.deepEqual(entriesIn((await eve.client.get('/activity')).text), []);
  });

  it('shows assignments, and people assigning themselves', async () => {
    const { ana, bob } = world;
    const task = await createTask(ana.viewer, { listId: list.id, description: 'Sweep' });
    await updateTask(task, ana.viewer, { assigneeId: bob.user.id });
    await updateTask(task, ana.viewer, { assigneeId: ana.user.id });
    await updateTask(task, bob.viewer, { assigneeId: null });
    assert.deepEqual(entriesIn((await bob.client.get('/activity')).text).slice(0, 3), [
      'Bob unassigned Sweep',
      'Ana self-assigned Sweep',
      'Ana assigned Sweep to Bob',
    ]);
  });

  it('says of a new task whom it was assigned to, unless that is who made it', async () => {
    const { ana, bob } = world;
    const described = { listId: list.id, description: 'Water the plants' };
    await createTask(ana.viewer, { ...described, assigneeId: bob.user.id });
    await createTask(ana.viewer, { ...described, assigneeId: ana.user.id });
    assert.deepEqual(entriesIn((await bob.client.get('/activity')).text).slice(0, 2), [
      'Ana added Water the plants',
      'Ana added Water the plants and assigned it to Bob',
    ]);
    assert.match(plain((await bob.client.get('/inbox')).text), /Ana added Water the plants and assigned it to Bob/);
  });

  it('says which fields an edit changed, from what to what', async () => {
    const { ana, bob } = world;
    const categories = await Category.bulkCreate(
      ['Garden', 'Kitchen'].map((original) => ({ listId: list.id, name: { original }, color: 'grey' as const })),
    );
    const [garden, kitchen] = categories.map(({ id }) => id) as [number, number];
    const task = await createTask(ana.viewer, { listId: list.id, description: 'Sow', categoryIds: [garden] });
    const description = 'Sow carrots';
    await editTask(task, ana.viewer, { description, dueOn: '2031-04-05', priority: 3 }, task.textRevision);
    await updateTask(task, ana.viewer, { dueOn: null, assigneeId: bob.user.id });
    await updateTask(task, ana.viewer, { assigneeId: ana.user.id });
    await updateTask(task, ana.viewer, { categoryIds: [garden, kitchen] });
    await updateTask(task, ana.viewer, { categoryIds: [kitchen] });
    await updateTask(task, bob.viewer, { completedAt: new Date(), notes: 'In rows' });
    assert.deepEqual(changesIn((await bob.client.get('/activity')).text).slice(0, 7), [
      ['Notes: none → In rows'],
      ['Categories: Garden, Kitchen → Kitchen'],
      ['Categories: Garden → Garden, Kitchen'],
      ['Assigned to: Bob → Ana'],
      ['Due: Sat 5 Apr 2031 → none'],
      ['Task: Sow → Sow carrots', 'Due: none → Sat 5 Apr 2031', 'Priority: None → High'],
      [],
    ]);
    assert.deepEqual(changesIn((await bob.client.get(`/tasks/${String(task.id)}`)).text).slice(0, 2), [
      ['Notes: none → In rows'],
      ['Categories: Garden, Kitchen → Kitchen'],
    ]);
  });

  it('shows of long texts where they differ', async () => {
    const { ana } = world;
    const text = (word: string): string => `${'before '.repeat(100)}${word}${' after'.repeat(100)}`;
    const task = await createTask(ana.viewer, { listId: list.id, description: 'Letter', notes: text('𝒶lpha') });
    await updateTask(task, ana.viewer, { notes: text('𝒷eta') });
    await updateTask(task, ana.viewer, { notes: `${text('𝒷eta')} end` });
    const [[longer], [other]] = changesIn((await ana.client.get('/activity')).text) as [[string], [string]];
    assert.match(other, /^Notes: ….{20,30}𝒶lpha after.{60,100}… → ….{20,30}𝒷eta after.{60,100}…$/u);
    assert.match(longer, /^Notes: ….{30} → ….{30} end$/u);
  });

  it('tells a new category, a renamed and a deleted one apart, each by the name it had then', async () => {
    const { ana } = world;
    const category = await createCategory(ana.viewer, list.id, { name: { original: 'Hous' }, color: 'red' });
    await updateCategory(category, ana.viewer, { name: { original: 'House' }, color: 'blue' });
    await destroyCategory(category, ana.viewer);
    const { text } = await ana.client.get('/activity');
    assert.deepEqual(entriesIn(text).slice(0, 3), [
      'Ana deleted the category House',
      'Ana renamed the category Hous',
      'Ana added the category Hous',
    ]);
    assert.deepEqual(changesIn(text).slice(0, 3), [[], ['Name: Hous → House', 'Colour: Red → Blue'], []]);
  });

  it('calls a task what it was called then, and not at all once it is deleted for good', async () => {
    const { ana, bob } = world;
    const task = await createTask(ana.viewer, { listId: list.id, description: 'First' });
    await completeTask(task, bob.viewer);
    await updateTask(task, ana.viewer, { description: 'Second' });
    await reopenTask(task, bob.viewer);
    await updateTask(task, ana.viewer, { description: 'Third' });
    const lines = async (): Promise<string[]> => entriesIn((await bob.client.get('/activity')).text).slice(0, 5);
    assert.deepEqual(await lines(), [
      'Ana edited Second',
      'Bob reopened Second',
      'Ana edited First',
      'Bob completed First',
      'Ana added First',
    ]);
    await moveToTrash(task, ana.viewer);
    await purgeTask(task, ana.viewer);
    assert.ok((await lines()).every((line) => line.endsWith('a task no longer in this list')));
    assert.doesNotMatch((await bob.client.get('/activity')).text, /First|Second|Third/);
  });

  it('shows tasks that became available or expired, without an actor', async () => {
    const { ana } = world;
    const soon = (ms: number): Date => new Date(Date.now() + ms);
    await createTask(ana.viewer, { listId: list.id, description: 'Comes', availableFrom: soon(200) });
    await createTask(ana.viewer, { listId: list.id, description: 'Goes', availableUntil: soon(300) });
    // The server's own job makes both changes.
    await eventually(async () => {
      const shown = entriesIn((await ana.client.get('/activity')).text);
      return shown.includes('Back on the list: Comes') && shown.includes('Moved to Scheduled: Goes');
    }, 'both changes are in the activity');
  });

  it('shows a move in both lists, with nothing of the other list', async () => {
    const { ana, bob } = world;
    const task = await createTask(ana.viewer, { listId: list.id, description: 'Wander' });
    await moveTask(task, ana.viewer, ana.list.id);
    await editTask(task, ana.viewer, { description: 'Wander at home' }, task.textRevision);
    const [hers, his] = [
      entriesIn((await ana.client.get('/activity')).text),
      entriesIn((await bob.client.get('/activity')).text),
    ];
    assert.ok(
      hers.includes('Ana moved here from another list: Wander') && hers.includes('Ana moved to another list: Wander'),
      hers.join('; '),
    );
    assert.equal(his[1], 'Ana added Wander');
    assert.ok(his.includes('Ana moved to another list: Wander') && !his.join().includes('at home'), his.join('; '));
  });

  it('filters by person and list', async () => {
    const { ana, bob } = world;
    const by = async (query: Record<string, string>): Promise<string[]> =>
      entriesIn((await ana.client.get('/activity', query)).text);
    assert.ok((await by({ actor: String(bob.user.id) })).every((line) => line.startsWith('Bob')));
    assert.ok(
      (await by({ list: String(ana.list.id) })).every((line) => line.includes('Between me') || line.includes('Wander')),
    );
    assert.deepEqual(await by({ list: String(world.eve.list.id) }), []);
  });

  it('is paged without a gap or repetition', async () => {
    const { ana } = world;
    await Task.bulkCreate(
      Array.from({ length: 120 }, (_, n) => ({
        listId: n % 2 ? list.id : ana.list.id,
        userId: ana.user.id,
        description: `Task ${String(n)}`,
      })),
    );
    const seen: string[] = [];
    for (let next: string | undefined = '/activity'; next;) {
      const { text }: { text: string } = await ana.client.get(next);
      seen.push(...[...text.matchAll(/data-entry="([^"]+)"/g)].map(([, key = '']) => key));
      next = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replace(/&amp;/g, '&');
    }
    const [[{ count }]] = (await app.sequelize.query('SELECT count(*)::integer FROM events WHERE list_id IN (:lists)', {
      replacements: { lists: [list.id, ana.list.id] },
    })) as [[{ count: number }], unknown];
    assert.deepEqual([seen.length, new Set(seen).size], [count, count]);
  });

  it('rejects an invalid cursor and an invalid filter', async () => {
    const wrong: Record<string, string>[] = [
      { after: 'abc' },
      { after: Buffer.from('{"createdAt":"x"}').toString('base64url') },
      { actor: 'x' },
      { list: '-1' },
      { task: 'x' },
    ];
    for (const query of wrong) {
      assert.equal((await world.ana.client.get('/activity', query)).status, 400, JSON.stringify(query));
    }
  });
});
