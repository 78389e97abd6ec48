/** Over 200 lines: every kind of change, as it appears in an open tab. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { limits } from '../../src/shared/limits.ts';
import { Category, Task } from '../../src/models/index.ts';
import {
  assertCurrent,
  doneRow,
  eventually,
  knot,
  live,
  openRow,
  openStage,
  pointAside,
  quickAdd,
  row,
  rowsOn,
  type Stage,
} from '../support/browser.ts';
import { createPerson, type Person } from '../support/world.ts';

describe('A change', () => {
  let stage: Stage;
  let pages: Page[] = [];

  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.close()));
    pages = [];
  });

  const tab = async (person: Person | null, at?: string): Promise<Page> => {
    const page = await stage.tab(person, at);
    await pointAside(page);
    pages.push(page);
    return page;
  };

  it('appears at once in the other tab, and once in the tab that made it', async () => {
    const [here, there] = [await tab(stage.world.ana), await tab(stage.world.ana)];
    await quickAdd(here).fill('Order the posters');
    await quickAdd(here).press('Enter');
    await there.getByText('Order the posters').waitFor();
    await eventually(async () => (await quickAdd(here).inputValue()) === '', 'the line is free for the next task');
    await live(here);
    assert.equal(await here.getByText('Order the posters', { exact: true }).count(), 1);
    assert.equal(await there.getByText('Order the posters', { exact: true }).count(), 1);
    await assertCurrent(here);
    await assertCurrent(there);
  });

  it("appears in the person's other browser", async () => {
    const { ana } = stage.world;
    const elsewhere = await tab(await stage.world.signIn(ana));
    await stage.write(ana, 'Answer Eve');
    await elsewhere.getByText('Answer Eve').waitFor();
  });

  it('shows a stranger nothing', async () => {
    const { ana, eve } = stage.world;
    const [theirs, mine] = [await tab(eve), await tab(ana)];
    await stage.write(ana, "Nobody else's business");
    await mine.getByText("Nobody else's business").waitFor();
    // What is written after it has passed the same way: the first would have come by then.
    await stage.write(eve, "Eve's own");
    await theirs.getByText("Eve's own").waitFor();
    assert.equal(await theirs.getByText('Nobody else').count(), 0);
  });

  it('puts several tasks in the order of a fresh page, whoever is first', async () => {
    const { ana } = stage.world;
    const page = await tab(ana);
    const ids = await Promise.all(
      ['one', 'two', 'three', 'four', 'five', 'six'].map((word) => stage.write(ana, `All at once: ${word}`)),
    );
    for (const id of ids) await openRow(page, id).waitFor();
    await assertCurrent(page);
  });

  it('shows an edited text, with its day, priority and notes', async () => {
    const { ana } = stage.world;
    const id = await stage.write(ana, 'Bok the hall');
    const page = await tab(ana);
    await ana.client.patch(`/tasks/${String(id)}`, {
      description: 'Book the hall',
      notes: 'ask Bob',
      dueOn: '2026-01-02',
      priority: '3',
      textRevision: '1',
    });
    await row(page, id).getByText('Book the hall').waitFor();
    await assertCurrent(page);
  });

  it('moves what is done to "Done today" and back to its place', async () => {
    const { ana } = stage.world;
    const id = await stage.write(ana, 'Choose the colours');
    const later = await stage.write(ana, 'Choose the paper');
    const [here, there] = [await tab(ana), await tab(ana)];
    await knot(here, id).click();
    await doneRow(there, id).waitFor();
    await doneRow(here, id).waitFor();
    await assertCurrent(there);
    await pointAside(here);
    await assertCurrent(here);
    await knot(there, id).click();
    await openRow(here, id).waitFor();
    await assertCurrent(here);
    assert.ok(await openRow(here, later).isVisible());
  });

  it('takes away what is deleted, and brings back what is restored', async () => {
    const { ana } = stage.world;
    const id = await stage.write(ana, 'Call the caterer');
    const page = await tab(ana);
    await ana.client.delete(`/tasks/${String(id)}`);
    await row(page, id).waitFor({ state: 'detached' });
    await ana.client.post(`/trash/${String(id)}/restore`);
    await openRow(page, id).waitFor();
    await ana.client.delete(`/tasks/${String(id)}`);
    await ana.client.delete(`/trash/${String(id)}`);
    await row(page, id).waitFor({ state: 'detached' });
    await assertCurrent(page);
  });

  it('renames and recolours a category in every row by one event, and takes its labels away', async () => {
    const { ana } = stage.world;
    await ana.client.post('/categories', { name: 'print', color: 'red' });
    const { id } = await Category.findOne({ where: { listId: ana.list.id }, rejectOnEmpty: true });
    const first = await stage.write(ana, 'Flyers', { categoryIds: String(id) });
    const page = await tab(ana);
    const second = await stage.write(ana, 'Posters', { categoryIds: String(id) });
    await row(page, second).getByText('print').waitFor();
    let loads = 0;
    page.on('request', () => {
      loads += 1;
    });
    await ana.client.patch(`/categories/${String(id)}`, { name: 'paper', color: 'teal' });
    for (const task of [first, second]) {
      await row(page, task).getByText('paper').waitFor();
      await row(page, task).locator('.dot[data-color="teal"]').waitFor({ state: 'attached' });
    }
    await page.locator('[data-sidebar]').getByText('paper').waitFor({ state: 'attached' });
    assert.equal(loads, 0, 'no request was needed');
    await assertCurrent(page);
    await ana.client.delete(`/categories/${String(id)}`);
    await page
      .locator(`[data-category="${String(id)}"]`)
      .first()
      .waitFor({ state: 'detached' });
    await assertCurrent(page);
  });

  it('reaches a filtered list, which asks the server again', async () => {
    const { ana } = stage.world;
    const page = await tab(ana, '/tasks?q=lantern');
    await stage.write(ana, 'Buy a lantern');
    await stage.write(ana, 'Buy a rope');
    await page.getByText('Buy a lantern').waitFor();
    assert.equal(await page.getByText('Buy a rope').count(), 0);
  });

  it('reaches the page of the task itself, and the trash', async () => {
    const { ana } = stage.world;
    const id = await stage.write(ana, 'Chek the sound');
    const [shown, trash] = [await tab(ana, `/tasks/${String(id)}`), await tab(ana, '/trash')];
    await ana.client.patch(`/tasks/${String(id)}`, { description: 'Check the sound', textRevision: '1' });
    await shown.getByRole('heading', { name: 'Check the sound' }).waitFor();
    await ana.client.delete(`/tasks/${String(id)}`);
    await trash.getByText('Check the sound').waitFor();
  });

  it('glows and says "just now" for a moment', async () => {
    const { ana } = stage.world;
    const page = await tab(ana);
    const id = await stage.write(ana, 'Fresh as the morning');
    await openRow(page, id).getByText('just now').waitFor();
    await openRow(page, id).getByText('just now').waitFor({ state: 'detached', timeout: 12_000 });
    assert.equal(await openRow(page, id).getAttribute('class'), 'open');
  });

  it('is announced politely, and several within a moment as one number', async () => {
    const { bob } = stage.world;
    const page = await tab(bob);
    await Promise.all(['first', 'second', 'third'].map((word) => stage.write(bob, `Bob's ${word}`)));
    await page.locator('[data-announce]', { hasText: '3 new tasks' }).waitFor({ state: 'attached' });
  });

  it('is counted in the title while nobody looks', async () => {
    const { bob } = stage.world;
    const page = await tab(bob);
    const title = await page.title();
    await look(page, 'hidden');
    await stage.write(bob, 'While you were away');
    await stage.write(bob, 'And another');
    await eventually(async () => (await page.title()) === `(2) ${title}`, 'the title counts two');
    await look(page, 'visible');
    assert.equal(await page.title(), title);
  });

  it('counts people, not tabs', async () => {
    const { bob } = stage.world;
    const [first, second] = [await tab(bob), await tab(bob)];
    for (const page of [first, second]) await page.locator('[data-people]', { hasText: '1 person online' }).waitFor();
  });

  it('starts a newcomer off, and makes room for the first task', async () => {
    const page = await tab(await createPerson(stage.app, 'Nora'));
    await page.locator('[data-empty]').waitFor();
    await quickAdd(page).fill('The very first');
    await quickAdd(page).press('Enter');
    await page.getByText('The very first').waitFor();
    await page.locator('[data-empty]').waitFor({ state: 'hidden' });
    await page.locator('[data-open-count]', { hasText: '1 open' }).waitFor();
  });

  it('keeps a long list to its page, and the way to the next page without a hole', async () => {
    const ana = await createPerson(stage.app, 'Anabel');
    const many = Array.from({ length: limits.page + 3 }, (_, index) => ({
      description: `Number ${String(index)}`,
      listId: ana.list.id,
      userId: ana.user.id,
    }));
    await Task.bulkCreate(many);
    const page = await tab(ana);
    const id = await stage.write(ana, 'One more');
    await openRow(page, id).waitFor();
    await assertCurrent(page);
    await page.locator('[data-open-count]', { hasText: `${String(limits.page + 4)} open` }).waitFor();
    const before = (await rowsOn(page)).map(({ id: shown }) => shown);
    await page.locator('a[rel~="next"]').click();
    await page.waitForURL(/after=/);
    const after = (await rowsOn(page)).map(({ id: shown }) => shown);
    assert.equal(new Set([...before, ...after]).size, limits.page + 4);
  });
});

/** A browser without a screen shows every tab: what it would say of a hidden one is said for it. */
const look = (page: Page, state: 'visible' | 'hidden'): Promise<unknown> =>
  page.evaluate(`for (const [name, value] of [['visibilityState', '${state}'], ['hidden', ${String(state === 'hidden')}]]) Object.defineProperty(document, name, { configurable: true, value });
    document.dispatchEvent(new Event('visibilitychange'));`);
