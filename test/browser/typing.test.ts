import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { Task } from '../../src/models/index.ts';
import {
  assertCurrent,
  eventually,
  live,
  openRow,
  openStage,
  pointAside,
  quickAdd,
  type Stage,
} from '../support/browser.ts';
import { createPerson, type Person } from '../support/world.ts';

describe('What is typed', () => {
  let stage: Stage;
  let person: Person;
  let page: Page;
  let made = 0;

  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());
  afterEach(() => page.close());

  const open = async (path?: string): Promise<void> => {
    person = await createPerson(stage.app, `Writer${String((made += 1))}`);
    page = await stage.tab(person, path);
    await pointAside(page);
  };
  const stored = (description: string): Promise<number> =>
    Task.count({ where: { description, userId: person.user.id } });

  it('survives a reload', async () => {
    await open();
    await quickAdd(page).fill('half a thou');
    await page.reload();
    assert.equal(await quickAdd(page).inputValue(), 'half a thou');
  });

  it('survives a reload in every field of the editor, and what was changed meanwhile is still noticed', async () => {
    await open();
    const id = await stage.write(person, 'Book the hall');
    await page.goto(`/tasks/${String(id)}/edit`);
    await page.locator('[name="description"]').last().fill('Book the big hall');
    await page.locator('[name="notes"]').fill('the one with the stage');
    await page.locator('[name="priority"]').selectOption('2');
    await person.client.patch(`/tasks/${String(id)}`, { description: 'Book the small hall', textRevision: '1' });
    await page.reload();
    const form = page.locator('form[data-editor]');
    assert.equal(await form.locator('[name="description"]').inputValue(), 'Book the big hall');
    assert.equal(await form.locator('[name="notes"]').inputValue(), 'the one with the stage');
    assert.equal(await form.locator('[name="priority"]').inputValue(), '2');
    assert.ok(await page.locator('[data-changed-elsewhere]').isVisible());
    await form.locator('[type="submit"]').click();
    await page.locator('.theirs', { hasText: 'small hall' }).waitFor();
  });

  it('is forgotten once it is stored, or given up', async () => {
    await open();
    const id = await stage.write(person, 'Book the hall');
    await page.goto(`/tasks/${String(id)}/edit`);
    const text = page.locator('form[data-editor] [name="description"]');
    await text.fill('Book the big hall');
    await page.locator('form[data-editor] [type="submit"]').click();
    await page.getByRole('heading', { name: 'Book the big hall' }).waitFor();
    await page.goto(`/tasks/${String(id)}/edit`);
    await text.fill('Something else');
    await page.locator('form[data-editor] a[href]').last().click();
    await page.getByRole('heading', { name: 'Book the big hall' }).waitFor();
    await page.goto(`/tasks/${String(id)}/edit`);
    assert.equal(await text.inputValue(), 'Book the big hall');
  });

  it('survives a request that fails, and is stored once when it is sent again', async () => {
    await open();
    await quickAdd(page).fill('sent twice');
    // The server takes it; the answer is lost.
    await page.route('**/tasks', async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      await route.fetch({ maxRedirects: 0 });
      // The page may have been reloaded meanwhile, which ends its requests.
      await route.abort().catch(() => undefined);
    });
    const failed = page.waitForEvent('requestfailed');
    await quickAdd(page).press('Enter');
    await failed;
    assert.equal(await stored('sent twice'), 1, 'the server has it');
    await page.reload();
    assert.equal(await page.locator('[data-unsaved]').getByText('sent twice').count(), 1);
    await page.unroute('**/tasks');
    await eventually(async () => (await page.locator('[data-unsaved] > li').count()) === 0, 'it is taken');
    assert.equal(await stored('sent twice'), 1);
    await page.locator('[data-rows="open"]').getByText('sent twice').waitFor();
  });

  it('survives a refused form, with the sentence beside the field', async () => {
    await open('/categories/new');
    await person.client.post('/categories', { name: 'print', color: 'red' });
    await page.locator('form[data-draft] [name="name"]').fill('print');
    await page.locator('form[data-draft] [type="submit"]').click();
    await page.locator('#name-error').waitFor();
    assert.equal(await page.locator('form[data-draft] [name="name"]').inputValue(), 'print');
    assert.equal(await page.locator('#name').getAttribute('aria-invalid'), 'true');
  });

  it('survives a list that draws itself anew', async () => {
    await open('/tasks?q=number');
    await quickAdd(page).fill('half a thou');
    await stage.write(person, 'number one');
    await page.getByText('number one').waitFor();
    assert.equal(await quickAdd(page).inputValue(), 'half a thou');
    assert.ok(await page.locator('[data-quick-add] [name="description"]:focus').count(), 'and the focus stays');
  });

  it('survives the completion of another task', async () => {
    await open();
    const id = await stage.write(person, 'to be done');
    // A press on a row that has just arrived would be held back.
    await page.reload();
    await live(page);
    await quickAdd(page).fill('half a thou');
    await openRow(page, id).locator('form button').click();
    await page.locator(`[data-rows="done"] > [data-task="${String(id)}"]`).waitFor();
    assert.equal(await quickAdd(page).inputValue(), 'half a thou');
  });

  it('is sent in its turn when it is entered while the last one is on its way', async () => {
    await open();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let forms = 0;
    await page.route('**/tasks', async (route) => {
      if (route.request().method() === 'POST' && (forms += 1) === 1) await held;
      await route.continue();
    });
    const begun = page.waitForRequest((request) => request.method() === 'POST');
    await quickAdd(page).fill('the first of two');
    await quickAdd(page).press('Enter');
    await begun;
    await quickAdd(page).fill('the second of two');
    await quickAdd(page).press('Enter');
    await quickAdd(page).press('Enter');
    release();
    await page.locator('[data-rows="open"]').getByText('the second of two').waitFor();
    await eventually(async () => (await quickAdd(page).inputValue()) === '', 'the line is empty again');
    assert.deepEqual([await stored('the first of two'), await stored('the second of two'), forms], [1, 1, 2]);
    await assertCurrent(page);
  });

  it('makes one task of a double click', async () => {
    await open();
    await quickAdd(page).fill('only once');
    await page.locator('[data-quick-add] button[type="submit"]').dblclick();
    await page.getByText('only once').waitFor();
    await live(page);
    await quickAdd(page).fill('and the next');
    await quickAdd(page).press('Enter');
    await page.getByText('and the next').waitFor();
    assert.equal(await stored('only once'), 1);
    assert.equal(await stored('and the next'), 1);
    await assertCurrent(page);
  });

  it("is nobody else's: the next person at this browser finds an empty line", async () => {
    await open();
    await quickAdd(page).fill('a private matter');
    const bob = await createPerson(stage.app, 'Bobby');
    await page.context().clearCookies();
    await page
      .context()
      .addCookies([...bob.client.cookies].map(([name, value]) => ({ name, value, url: stage.app.url })));
    await page.goto('/tasks');
    assert.equal(await quickAdd(page).inputValue(), '');
  });
});
