import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { List } from '../../../src/models/index.ts';
import { Category } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { createWorld, type World } from '../../support/world.ts';
import { createTeam } from '../../../src/models/team/commands.ts';
import { createCategory } from '../../../src/models/category/commands.ts';
import { findTeamList } from '../../../src/models/list/queries.ts';
let app: TestApp;
let world: World;
let list: List;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  list = await findTeamList((await createTeam(world.ana.viewer, 'The house')).id);
});
after(() => app.close());

const words = (text: string): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

describe('the form for a new task', () => {
  it("is for the list that it was opened from, with that list's categories only", async () => {
    const { ana } = world;
    await createCategory(ana.viewer, list.id, { name: 'of the house', color: 'red' });
    await createCategory(ana.viewer, ana.list.id, { name: 'of her own', color: 'red' });
    const { text } = await ana.client.get('/tasks/new', { list: String(list.id) });
    const form = /<form class="sheet".*?<\/form>/s.exec(text)?.[0] ?? '';
    assert.match(form, /of the house/);
    assert.doesNotMatch(form, /of her own/);
    assert.match(form, new RegExp(`name="listId" value="${String(list.id)}"`));
    assert.match(
      (await ana.client.get('/tasks', { list: String(list.id) })).text,
      new RegExp(`href="/tasks/new\\?list=${String(list.id)}&amp;from=`),
    );
    assert.equal((await ana.client.get('/tasks/new', { list: String(world.eve.list.id) })).status, 404);
    assert.equal((await ana.client.get('/tasks/new', { list: 'x' })).status, 400);
  });
});

describe('categories', () => {
  it('are created in the chosen list and shown under it', async () => {
    const { ana, eve } = world;
    assert.match(
      (await ana.client.get('/categories/new', { list: String(list.id) })).text,
      new RegExp(`<option value="${String(list.id)}" selected`),
    );
    assert.equal(
      (await ana.client.post('/categories', { name: 'paint', color: 'teal', listId: String(list.id) })).status,
      303,
    );
    assert.equal(
      (await Category.findOne({ where: { listId: list.id, color: 'teal' }, rejectOnEmpty: true })).name.original,
      'paint',
    );
    const { text } = await ana.client.get('/categories');
    assert.match(words(text), /Home of her own .* The house .* paint/);
    const refused = await ana.client.post('/categories', { name: 'theirs', listId: String(eve.list.id) });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /id="listId-error"/);
    assert.doesNotMatch((await eve.client.get('/categories/new')).text, /name="listId"/);
  });

  it("put a task added on a category's page into the category's list", async () => {
    const { ana } = world;
    const label = await Category.findOne({ where: { listId: list.id, color: 'teal' }, rejectOnEmpty: true });
    const { text } = await ana.client.get('/tasks', { category: String(label.id) });
    assert.match(text, new RegExp(`name="listId" value="${String(list.id)}"`));
  });
});
