import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { Task } from '../../src/models/index.ts';
import { doneRow, eventually, knot, openRow, openStage, pointAside, quickAdd, type Stage } from '../support/browser.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { createPerson, type Person } from '../support/world.ts';

describe('Every press', () => {
  let stage: Stage;
  let proxy: Proxy;
  let person: Person;
  let page: Page;
  let ids: number[];
  let made = 0;

  before(async () => {
    stage = await openStage();
    proxy = await startProxy(stage.app.url);
  });
  after(async () => {
    await proxy.close();
    await stage.close();
  });
  afterEach(async () => {
    await page.close();
    Object.assign(proxy, { delay: 0, plain: null });
    stage.errors.length = 0;
  });

  const open = async (path = '/tasks', count = 6): Promise<void> => {
    person = await createPerson(stage.app, `Presser${String((made += 1))}`);
    ids = [];
    for (let n = count; n > 0; n -= 1) ids.unshift(await stage.write(person, `Errand ${String(n)}`));
    page = await (await stage.window(person)).newPage();
    await page.goto(proxy.url + path);
    await page.locator('body[data-realtime="live"]').waitFor({ state: 'attached' });
    await pointAside(page);
  };
  const at = (index: number): number => ids[index] ?? assert.fail(`there is no task ${String(index)}`);
  const isDone = async (id: number): Promise<boolean> => (await Task.findByPk(id))?.completed ?? false;
  const notice = (text: string | RegExp) => page.locator('[data-notices] [data-flash]', { hasText: text });
  /** Where the circle is now. */
  const placeOf = async (id: number): Promise<{ x: number; y: number }> => {
    const { x, y, width, height } = (await knot(page, id).boundingBox())!;
    return { x: x + width / 2, y: y + height / 2 };
  };
  const focused = (): Promise<string> =>
    page.evaluate(`(() => {
      const { activeElement: focus } = document;
      return focus.closest('[data-task]')?.dataset.task ?? focus.localName;
    })()`);

  for (const latency of [0, 200, 800]) {
    it(`on five circles within a second completes five tasks at ${String(latency)} ms of latency`, async () => {
      await open();
      proxy.delay = latency;
      const places = await Promise.all([0, 1, 2, 3, 4].map((index) => placeOf(at(index))));
      for (const { x, y } of places) {
        await page.mouse.move(x, y);
        await page.mouse.down();
        await page.mouse.up();
      }
      assert.equal(
        await page.locator('[data-rows="open"] > :is([data-saving="done"], .done)').count(),
        5,
        'seen at once',
      );
      for (const index of [0, 1, 2, 3, 4]) await doneRow(page, at(index)).waitFor();
      assert.deepEqual(await Promise.all(ids.map(isDone)), [true, true, true, true, true, false]);
    });
  }

  it('on a page that was seen before stays, on a slow line too: what is opened and typed there is not replaced', async () => {
    await open('/categories');
    await page.locator('a[href="/tasks"]').first().click();
    await openRow(page, at(0)).waitFor();
    proxy.delay = 400;
    await page.locator('a[href="/categories"]').first().click();
    await page.locator('main a[href="/categories/new"]').waitFor();
    await page.evaluate("document.querySelector('main').dataset.seen = 'yes'");
    await page.locator('html:not([aria-busy])').waitFor({ state: 'attached' });
    assert.equal(await page.locator('main[data-seen]').count(), 1);
  });

  it('on a circle during its way back and forth counts, in order', async () => {
    await open();
    proxy.delay = 400;
    const { x, y } = await placeOf(at(1));
    await page.mouse.click(x, y);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await eventually(async () => (await Task.findByPk(at(1)))?.revision === 4, 'three changes');
    assert.equal(await isDone(at(1)), true);
  });

  it('of a double click counts once', async () => {
    await open();
    await knot(page, at(0)).dblclick({ delay: 20 });
    await doneRow(page, at(0)).waitFor();
    assert.deepEqual(await Promise.all([isDone(at(0)), isDone(at(1))]), [true, false]);
  });

  it('on a row that has just moved under the pointer is held back, and says so', async () => {
    await open();
    const { x, y } = await placeOf(at(0));
    await page.mouse.move(x, y);
    // The row that stands there goes, and the next one moves up under the pointer: pressed at that very moment.
    await page.evaluate(`new Promise((resolve) => {
      const list = document.querySelector('[data-rows="open"]');
      new MutationObserver(() => {
        const target = document.elementFromPoint(${String(x)}, ${String(y)});
        target.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }));
        resolve();
      }).observe(list, { childList: true });
      list.querySelector('form button').focus();
      list.querySelector('form button').click();
    })`);
    const held = page.locator('[data-held]');
    await held.waitFor();
    assert.equal(await held.getAttribute('data-task'), String(at(1)));
    assert.equal(await held.getAttribute('data-held'), 'The list has just moved. Press again.');
    assert.equal(await isDone(at(1)), false);
    await held.waitFor({ state: 'detached' });
    await page.mouse.down();
    await page.mouse.up();
    await doneRow(page, at(1)).waitFor();
  });

  it('is kept while there is no connection, shown as such, and sent when there is one', async () => {
    await open();
    await page.context().setOffline(true);
    await knot(page, at(2)).click();
    await page.locator(`[data-saving="done"][data-task="${String(at(2))}"]`).waitFor();
    await page.context().setOffline(false);
    await doneRow(page, at(2)).waitFor({ timeout: 15_000 });
    assert.equal(await isDone(at(2)), true);
  });

  it('on a task that is gone says why it did nothing', async () => {
    await open('/tasks?q=errand');
    await page.route('**/lists/**', (route) => route.abort());
    await page.route('**/completion', async (route) => {
      await person.client.delete(`/tasks/${String(at(0))}`);
      await route.fallback();
    });
    await knot(page, at(0)).click();
    await notice('“Errand 1”: not changed. It was deleted').waitFor();
    await openRow(page, at(0)).waitFor({ state: 'detached' });
  });

  it('that completes a task where a filter hides it says so, shows it, and undoes it', async () => {
    await open('/tasks?q=errand');
    await knot(page, at(0)).click();
    await notice('“Errand 1” is done. This page doesn’t show it any more.').waitFor();
    await openRow(page, at(0)).waitFor({ state: 'detached' });
    await notice('Errand 1').getByRole('button', { name: 'Undo' }).click();
    await openRow(page, at(0)).waitFor();
    assert.equal(await isDone(at(0)), false);
    await knot(page, at(1)).click();
    await notice('“Errand 2” is done').getByRole('link', { name: 'Show task' }).click();
    await page.waitForURL(`**/tasks/${String(at(1))}`);
  });

  for (const { where, path } of [
    { where: 'a search', path: '/tasks?q=errand' },
    { where: 'the done ones', path: '/tasks?status=done' },
    { where: 'a due date', path: '/tasks?due=today' },
  ]) {
    it(`that adds a task where ${where} hides it says where it is, and undoes it`, async () => {
      await open(path, 1);
      await quickAdd(page).focus();
      await page.keyboard.type('something else\n', { delay: 30 });
      await notice('“something else” was added to “Home”. This page doesn’t show it.').waitFor();
      await page.locator('[data-unsaved] > li').waitFor({ state: 'detached' });
      const task = await Task.findOne({ where: { description: 'something else', userId: person.user.id } });
      await notice('something else').getByRole('button', { name: 'Undo' }).click();
      await page.locator('main').getByText('“something else” moved to the trash.').waitFor();
      assert.ok((await task?.reload({ paranoid: false }))?.deletedAt);
    });
  }

  it('that adds a task where the page shows it says nothing of the kind', async () => {
    await open('/tasks?q=errand');
    await quickAdd(page).focus();
    await page.keyboard.type('Errand seven\n', { delay: 30 });
    await page.locator('[data-rows] .line', { hasText: 'Errand seven' }).waitFor();
    assert.equal(await page.locator('[data-notices] > *').count(), 0);
  });

  it('is said to screen readers, for what one completes, reopens and adds oneself', async () => {
    await open();
    const said = page.locator('[data-announce]');
    await knot(page, at(0)).click();
    await said.filter({ hasText: 'Done: Errand 1' }).waitFor({ state: 'attached' });
    await doneRow(page, at(0)).waitFor();
    await pointAside(page);
    await doneRow(page, at(0)).locator('form button').click();
    await said.filter({ hasText: 'Not done: Errand 1' }).waitFor({ state: 'attached' });
    await quickAdd(page).focus();
    await page.keyboard.type('Errand nine\nErrand ten\n', { delay: 30 });
    await said.filter({ hasText: 'Errand ten' }).waitFor({ state: 'attached' });
  });

  it('leaves the focus of the keyboard on the next row, and on the one before the last', async () => {
    await open('/tasks', 3);
    await knot(page, at(1)).focus();
    await page.keyboard.press('Enter');
    await doneRow(page, at(1)).waitFor();
    await eventually(async () => (await focused()) === String(at(2)), 'the next row');
    await page.keyboard.press('Enter');
    await doneRow(page, at(2)).waitFor();
    await eventually(async () => (await focused()) === String(at(0)), 'the row before');
    await page.keyboard.press('Enter');
    await doneRow(page, at(0)).waitFor();
    assert.notEqual(await focused(), 'body');
  });

  it('leaves the focus on the next row of a filtered list too, and somebody else’s change takes it not away', async () => {
    await open('/tasks?q=errand', 4);
    await knot(page, at(0)).focus();
    await page.keyboard.press('Enter');
    await openRow(page, at(0)).waitFor({ state: 'detached' });
    assert.equal(await focused(), String(at(1)));
    await page.goto(`${proxy.url}/tasks`);
    await page.locator('body[data-realtime="live"]').waitFor({ state: 'attached' });
    await knot(page, at(1)).click({ trial: true });
    await page.evaluate(`document.querySelector('[data-task="${String(at(1))}"] .line').focus()`);
    await pointAside(page);
    await person.client.delete(`/tasks/${String(at(1))}`);
    await openRow(page, at(1)).and(page.locator('[data-gone]')).waitFor();
    await page.evaluate(`document.activeElement.blur()`);
    await openRow(page, at(1)).waitFor({ state: 'detached' });
  });

  it('on two forms of a page within a second counts, and each is said', async () => {
    await open('/tasks', 2);
    for (const id of ids) await person.client.delete(`/tasks/${String(id)}`);
    await page.goto(`${proxy.url}/trash`);
    await page.locator('body[data-realtime="live"]').waitFor({ state: 'attached' });
    proxy.delay = 600;
    const buttons = await page.getByRole('button', { name: /^Restore: / }).all();
    const places = await Promise.all(buttons.map(async (button) => (await button.boundingBox())!));
    for (const { x, y } of places) await page.mouse.click(x + 5, y + 5);
    await page.getByText('The trash is empty').waitFor();
    await page.locator('[data-announce]', { hasText: 'is back in “Home”' }).waitFor({ state: 'attached' });
    assert.equal(await Task.count({ where: { userId: person.user.id } }), 2);
  });

  it('without a script is answered by the page: where the task is, with the way back', async () => {
    person = await createPerson(stage.app, `Presser${String((made += 1))}`);
    const id = await stage.write(person, 'Plain errand');
    page = await (await stage.window(person, { javaScriptEnabled: false })).newPage();
    await page.goto('/tasks?q=plain');
    await knot(page, id).click();
    await page.locator('main').getByText('“Plain errand” is done. This page doesn’t show it any more.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await openRow(page, id).waitFor();
    await quickAdd(page).fill('other');
    await quickAdd(page).press('Enter');
    await page.locator('main').getByText('“other” was added to “Home”.').waitFor();
    assert.match(page.url(), /q=plain/);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.goto('/trash');
    await page.getByRole('button', { name: 'Restore: other' }).click();
    await page.locator('main').getByText('“other” is back in “Home”.').waitFor();
  });
});
