import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { Task } from '../../src/models/index.ts';
import { eventually, knot, live, openRow, openStage, pointAside, quickAdd, type Stage } from '../support/browser.ts';
import { openLine, type Line } from '../support/line.ts';
import { createPerson, type Person } from '../support/world.ts';

describe('A line that is dead without having closed', () => {
  let stage: Stage;
  let line: Line;
  let person: Person;
  let context: BrowserContext;
  let page: Page;
  let made = 0;

  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());
  beforeEach(async () => {
    line = await openLine(stage.app.url);
    person = await createPerson(stage.app, `Walker${String((made += 1))}`);
    context = await stage.window(person, { baseURL: line.url });
    page = await context.newPage();
    await page.goto('/tasks');
    await live(page);
    await pointAside(page);
  });
  afterEach(async () => {
    await context.close();
    await line.close();
    // What the browser says about requests that found no answer.
    stage.errors.length = 0;
  });

  const notice = () => page.locator('[data-connection]');
  const reconnecting = () => page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
  const dot = (): Promise<string> =>
    page.evaluate("getComputedStyle(document.querySelector('[data-people]'), '::before').backgroundColor");

  it('is seen within three seconds, and the green dot goes', async () => {
    await page.locator('[data-people]:not([hidden])').waitFor();
    assert.notEqual(await dot(), 'rgba(0, 0, 0, 0)');
    line.dead = true;
    const since = Date.now();
    await notice().getByText('Reconnecting…').waitFor();
    assert.ok(Date.now() - since < 3200, `after ${String(Date.now() - since)} ms`);
    assert.equal(await dot(), 'rgba(0, 0, 0, 0)');
  });

  it('comes back by itself, and shows what happened meanwhile', async () => {
    line.dead = true;
    await reconnecting();
    const id = await stage.write(person, 'behind the hill');
    line.dead = false;
    await live(page);
    await openRow(page, id).waitFor();
    await notice().waitFor({ state: 'hidden' });
  });

  it('comes back also after the connection was given up', async () => {
    line.dead = true;
    const gone = page.waitForEvent('websocket', { timeout: 30_000 });
    await reconnecting();
    await gone;
    const id = await stage.write(person, 'in the tunnel');
    line.dead = false;
    await openRow(page, id).waitFor({ timeout: 20_000 });
    await live(page);
  });

  it('costs one small packet every two seconds, and none while there is no tab', async () => {
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 1000))');
    const before = line.received;
    const since = Date.now();
    await eventually(() => line.received > before + 2, 'a second pulse', 8000);
    const pulses = (line.received - before) / 3;
    assert.ok(pulses <= (Date.now() - since) / 2000 + 1.5, `${String(pulses)} pulses`);
  });

  it('lets a link say so and stay, instead of ending on an error page', async () => {
    const id = await stage.write(person, 'a row');
    await openRow(page, id).waitFor();
    line.dead = true;
    await reconnecting();
    await page.locator('a[href^="/categories"]:visible').first().click();
    await notice().getByText('This page can’t be opened: no connection.').waitFor({ timeout: 10_000 });
    assert.equal(new URL(page.url()).pathname, '/tasks');
    assert.ok(await openRow(page, id).isVisible());
    await page.locator('.turbo-progress-bar').waitFor({ state: 'detached' });
    await page.locator('form[action="/logout"]:visible button').first().click();
    await notice().getByText('Not sent: no connection.').waitFor();
    line.dead = false;
    await live(page);
    await page.locator('a[href^="/categories"]:visible').first().click();
    await page.waitForURL('**/categories');
  });

  it('lets a press say so, with "your text is kept" only where there is text, and stores it once afterwards', async () => {
    await page.goto('/categories/new');
    await live(page);
    const name = page.locator('form[data-draft] [name="name"]');
    const submit = page.locator('form[data-draft] [type="submit"]');
    await name.fill('garden');
    line.dead = true;
    await reconnecting();
    await submit.click();
    await notice().getByText('Not sent: no connection. Your text is kept.').waitFor({ timeout: 10_000 });
    assert.equal(await name.inputValue(), 'garden');
    await page.locator('form.search:visible input').fill('x');
    await page.keyboard.press('Enter');
    await notice().getByText('This page can’t be opened').waitFor({ timeout: 10_000 });
    assert.doesNotMatch((await notice().textContent()) ?? '', /text is kept/);
    line.dead = false;
    await live(page);
  });

  it('is told apart from a tab that is offline only in nothing: the same words, at once known', async () => {
    const id = await stage.write(person, 'a row');
    await openRow(page, id).waitFor();
    await context.setOffline(true);
    await reconnecting();
    await page.locator('a[href^="/categories"]:visible').first().click();
    await notice().getByText('This page can’t be opened: no connection.').waitFor();
    assert.equal(new URL(page.url()).pathname, '/tasks');
    await context.setOffline(false);
    await live(page);
  });

  it('sends what waited once, when the line is back', async () => {
    const task = await stage.write(person, 'to be done');
    await openRow(page, task).waitFor();
    line.dead = true;
    await reconnecting();
    for (const text of ['typed in the tunnel', 'and another']) {
      await quickAdd(page).pressSequentially(text);
      await quickAdd(page).press('Enter');
      assert.equal(await quickAdd(page).inputValue(), '');
    }
    await knot(page, task).click();
    await eventually(() => line.dead && page.locator('[data-unsaved]').isVisible(), 'it waits', 8000);
    line.dead = false;
    await live(page);
    for (const text of ['typed in the tunnel', 'and another'])
      await page.locator('[data-rows="open"]').getByText(text).waitFor({ timeout: 30_000 });
    await page.locator(`[data-rows="done"] > [data-task="${String(task)}"]`).waitFor({ timeout: 30_000 });
    const stored = await Task.findAll({ where: { userId: person.user.id }, order: ['id'] });
    assert.deepEqual(
      stored.map(({ description }) => description),
      ['to be done', 'typed in the tunnel', 'and another'],
    );
  });
});
