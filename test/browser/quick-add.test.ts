import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { Task } from '../../src/models/index.ts';
import { assertCurrent, eventually, openStage, pointAside, quickAdd, type Stage } from '../support/browser.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { createPerson, type Person } from '../support/world.ts';

describe('Quick add', () => {
  let stage: Stage;
  let proxy: Proxy;
  let person: Person;
  let page: Page;
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
    // What the browser says about requests that the test broke.
    stage.errors.length = 0;
  });

  const open = async (path = '/tasks'): Promise<void> => {
    person = await createPerson(stage.app, `Typist${String((made += 1))}`);
    page = await (await stage.window(person)).newPage();
    await page.goto(proxy.url + path);
    await pointAside(page);
    await quickAdd(page).focus();
  };
  /** Key by key. */
  const type = (text: string, ms: number): Promise<void> => page.keyboard.type(text, { delay: ms });
  /** In the order in which they were stored. */
  const stored = async (): Promise<string[]> =>
    (await Task.findAll({ where: { userId: person.user.id }, order: ['createdAt', 'id'] })).map(
      ({ description }) => description,
    );
  const storedAs = (texts: string[]): Promise<void> =>
    eventually(
      async () => (await stored()).length >= texts.length && unsavedCount(page).then((n) => n === 0),
      'all are stored',
      20_000,
    ).then(async () => {
      assert.deepEqual(await stored(), texts);
    });

  for (const [latency, pace] of [
    [0, 40],
    [60, 120],
    [250, 40],
    [250, 200],
    [800, 40],
    [800, 90],
  ] as const) {
    it(`makes one task of each line at ${String(pace)} ms a key and ${String(latency)} ms of latency`, async () => {
      await open();
      proxy.delay = latency;
      await type('oat milk\nsix eggs\nrye\nthe green tea\n', pace);
      assert.equal(await quickAdd(page).inputValue(), '', 'Enter empties the line at once');
      await type('and', pace);
      await storedAs(['oat milk', 'six eggs', 'rye', 'the green tea']);
      assert.equal(await quickAdd(page).inputValue(), 'and', 'what is being typed stays');
      await assertCurrent(page);
    });
  }

  it('says of each line that it is being saved, in the order in which they will stand', async () => {
    await open();
    proxy.delay = 4000;
    await type('one\ntwo\n', 40);
    const rows = page.locator('[data-unsaved] > li');
    assert.deepEqual(await rows.locator('.line').allTextContents(), ['two', 'one']);
    assert.deepEqual(await rows.locator('[data-status]').allTextContents(), ['Saving…', 'Saving…']);
    proxy.delay = 0;
    await storedAs(['one', 'two']);
    assert.deepEqual(await page.locator('[data-rows="open"] .line').allTextContents(), ['two', 'one']);
  });

  it('shows each line once at every moment, though its event comes before its answer', async () => {
    await open();
    proxy.delay = 800;
    await type('only one row\n', 40);
    let most = 0;
    await eventually(async () => {
      most = Math.max(most, await page.getByText('only one row', { exact: true }).count());
      return (await unsavedCount(page)) === 0 && (await page.locator('[data-rows="open"] > li').count()) === 1;
    }, 'it is saved');
    assert.equal(most, 1);
  });

  it('keeps what was sent over a cut connection, and stores it once when there is one again', async () => {
    await open();
    await page.context().setOffline(true);
    await type('written offline\nand another\n', 40);
    await page.getByText('Not saved yet').first().waitFor();
    assert.equal(await quickAdd(page).inputValue(), '');
    assert.deepEqual(await stored(), []);
    await page.context().setOffline(false);
    await storedAs(['written offline', 'and another']);
  });

  it('stores once what the server has taken and whose answer was lost', async () => {
    await open();
    let lost = 0;
    await page.route('**/tasks', async (route) => {
      if (route.request().method() !== 'POST' || lost > 1) return route.fallback();
      lost += 1;
      await route.fetch({ maxRedirects: 0 });
      await route.abort();
    });
    await type('answered twice\n', 40);
    await storedAs(['answered twice']);
    await eventually(() => lost === 2, 'it was sent again');
    assert.deepEqual(await stored(), ['answered twice']);
  });

  it('takes no page of a proxy for an answer', async () => {
    await open();
    proxy.plain = { status: 200 };
    await type('through the hotel\n', 40);
    await page.getByText('Not saved yet').waitFor();
    assert.deepEqual(await stored(), []);
    proxy.plain = null;
    await storedAs(['through the hotel']);
  });

  it('goes on over a navigation and a reload', async () => {
    await open();
    proxy.delay = 600;
    await type('before leaving\nstill before\n', 40);
    await page.locator('[data-sidebar] a[href="/inbox"]').click();
    await page.waitForURL('**/inbox');
    await eventually(async () => (await stored()).length === 2, 'both are stored on another page');
    await page.goto(`${proxy.url}/tasks`);
    await quickAdd(page).focus();
    await type('before the reload\nand this\n', 40);
    await page.reload();
    await storedAs(['before leaving', 'still before', 'before the reload', 'and this']);
    await assertCurrent(page);
  });

  it('sends everything when the tab is closed at once', async () => {
    await open();
    proxy.delay = 500;
    await type('the first\nand the second\nas well as the third\n', 40);
    await page.close();
    await eventually(async () => (await stored()).length === 3, 'all are stored', 10_000);
    assert.deepEqual(new Set(await stored()), new Set(['the first', 'and the second', 'as well as the third']));
  });

  it('asks before a tab is closed that could send nothing', async () => {
    await open();
    await page.context().setOffline(true);
    await type('never sent\n', 40);
    await page.getByText('Not saved yet').waitFor();
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    assert.equal((await asked).type(), 'beforeunload');
    await (await asked).dismiss();
    await page.context().setOffline(false);
    await storedAs(['never sent']);
    await page.close({ runBeforeUnload: true });
    await eventually(() => page.isClosed(), 'it is closed without a question');
  });

  it('goes on where it was after a tab that could send nothing was reloaded', async () => {
    await open();
    await page.route('**/tasks', (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()));
    await type('first\nsecond\n', 40);
    await page.reload();
    assert.deepEqual(await page.locator('[data-unsaved] .line').allTextContents(), ['second', 'first']);
    await page.unroute('**/tasks');
    await storedAs(['first', 'second']);
  });

  it('never shows or sends what one person wrote to the next at this browser', async () => {
    await open();
    const writer = person;
    await page.route('**/tasks', (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()));
    await type('a private matter\n', 40);
    const next = await createPerson(stage.app, 'Successor');
    await page.unroute('**/tasks');
    const signIn = (who: Person): Promise<void> =>
      page.context().addCookies([...who.client.cookies].map(([name, value]) => ({ name, value, url: proxy.url })));
    await signIn(next);
    await page.goto(`${proxy.url}/tasks`);
    await quickAdd(page).waitFor();
    assert.equal(await page.getByText('a private matter').count(), 0);
    assert.equal(await Task.count({ where: { userId: next.user.id } }), 0);
    await signIn(writer);
    await page.goto(`${proxy.url}/tasks`);
    await storedAs(['a private matter']);
  });

  it('says before signing out that something is not saved yet, and then forgets it', async () => {
    await open();
    await page.route('**/tasks', (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()));
    await type('not saved yet\n', 40);
    const signOut = page.locator('form[action="/logout"] button');
    await signOut.click();
    await page.getByText('Some tasks are not saved yet.').waitFor();
    await signOut.click();
    await page.waitForURL('**/login**');
    assert.deepEqual(await page.evaluate('Object.keys(sessionStorage)'), []);
  });

  it('does not send in the name of whoever has signed in from another tab meanwhile', async () => {
    await open();
    const next = await createPerson(stage.app, 'Latecomer');
    const [cookie] = [...next.client.cookies];
    const answer = await fetch(`${stage.app.url}/tasks`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        'sec-fetch-site': 'same-origin',
        'x-viewer': String(person.user.id),
        cookie: `${cookie?.[0] ?? ''}=${cookie?.[1] ?? ''}`,
      },
      body: new URLSearchParams({ description: 'not theirs' }),
    });
    assert.equal(answer.status, 401);
    assert.equal(await Task.count({ where: { userId: next.user.id } }), 0);
  });

  it('puts refused text back into the line, with the reason', async () => {
    await open();
    // A list that is gone by now.
    await page.evaluate(`document.querySelector('[data-quick-add] [name="listId"]').value = '2000000000'`);
    await type('for nowhere\n', 40);
    await page
      .getByText(/^Not added\. This list doesn’t exist/)
      .first()
      .waitFor();
    await eventually(async () => (await unsavedCount(page)) === 1, 'it stands in its row while the person types');
    await page.locator('[data-unsaved]').getByRole('button', { name: 'Edit' }).click();
    assert.equal(await quickAdd(page).inputValue(), 'for nowhere');
    assert.equal(await quickAdd(page).getAttribute('aria-invalid'), 'true');
    assert.equal(await unsavedCount(page), 0);
    assert.deepEqual(await stored(), []);
  });

  it('does not let one refusal hold up the next line', async () => {
    await open();
    let refused = 0;
    await page.route('**/tasks', async (route) => {
      const body = route.request().postData() ?? '';
      if (!body.includes('poison')) return route.fallback();
      refused += 1;
      await route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: '{"title":"Unexpected error"}',
      });
    });
    await type('poison\nantidote\n', 40);
    await eventually(async () => (await stored()).includes('antidote'), 'the next is stored', 20_000);
    await page.getByText('Not added. The server could not save it.').first().waitFor();
    assert.ok(refused > 1, 'it was tried again');
  });

  it('keeps text over the limit in the line, and says by how much', async () => {
    await open();
    const text = '𝕏'.repeat(503);
    await page.keyboard.insertText(text);
    await page.getByText('3 characters too many').waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await quickAdd(page).inputValue(), text);
    assert.equal(await unsavedCount(page), 0);
    for (let extra = 0; extra < 3; extra += 1) await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    await storedAs(['𝕏'.repeat(500)]);
  });

  for (const { name, text, lines } of [
    { name: 'from a note', text: 'bread\nbutter\njam', lines: ['bread', 'butter', 'jam'] },
    {
      name: 'with Windows line ends and empty lines',
      text: '\r\nhammer\r\n\r\n  nails  \r\n',
      lines: ['hammer', 'nails'],
    },
    { name: 'with the separators of Unicode', text: 'uno\u2028dos\u2029tres', lines: ['uno', 'dos', 'tres'] },
  ]) {
    it(`offers several tasks for lines pasted ${name}, with one press`, async () => {
      await open();
      await paste(page, text);
      assert.equal(await quickAdd(page).inputValue(), lines.join(' '), 'words of two lines are not joined');
      await page.getByRole('button', { name: `Add as ${String(lines.length)} tasks` }).click();
      await storedAs(lines);
      assert.equal(await quickAdd(page).inputValue(), '');
    });
  }

  it('makes one task of pasted lines with Enter, and of one pasted line without an offer', async () => {
    await open();
    await type('buy ', 40);
    await paste(page, 'milk\nand honey');
    await page.getByRole('button', { name: 'Add as 2 tasks' }).waitFor();
    await page.keyboard.press('Enter');
    await storedAs(['buy milk and honey']);
    await paste(page, 'alone\n');
    assert.equal(await page.getByRole('button', { name: /^Add as/ }).count(), 0);
    assert.equal(await quickAdd(page).inputValue(), 'alone');
  });

  it('keeps the pasted lines that are too long, and adds the others', async () => {
    await open();
    await paste(page, `short\n${'long '.repeat(120)}\nalso short`);
    await page.getByRole('button', { name: 'Add as 3 tasks' }).click();
    await eventually(async () => (await stored()).length === 2, 'the others are stored');
    assert.deepEqual(await stored(), ['short', 'also short']);
    await page.locator('[data-unsaved]').getByText('characters too many').waitFor();
  });

  it('takes the text along to the other fields', async () => {
    await open();
    const text = `${'much '.repeat(110)}text`;
    await page.keyboard.insertText(text);
    await page.getByRole('link', { name: 'More fields' }).click();
    await page.waitForURL(/\/tasks\/new/);
    await eventually(
      async () => (await page.locator('main form [name="description"]').inputValue()) !== '',
      'the text has come',
    );
    assert.equal(await page.locator('main form [name="description"]').inputValue(), text);
    await page.goto(`${proxy.url}/tasks`);
    assert.equal(await quickAdd(page).inputValue(), '', 'it has moved there');
  });

  it('works without a script: a form, which also keeps text over the limit, and says so', async () => {
    person = await createPerson(stage.app, 'Plain');
    const window = await stage.window(person, { javaScriptEnabled: false });
    page = await window.newPage();
    await page.goto('/tasks');
    await quickAdd(page).fill('by form');
    await quickAdd(page).press('Enter');
    await page.locator('[data-rows="open"]').getByText('by form').waitFor();
    await quickAdd(page).fill('y'.repeat(501));
    await quickAdd(page).press('Enter');
    assert.equal(await page.locator('main form [name="description"]').inputValue(), 'y'.repeat(501));
    await page.getByText('at most 500 characters').waitFor();
  });
});

const unsavedCount = (page: Page): Promise<number> => page.locator('[data-unsaved] > li').count();

/** As from the clipboard of another program. */
async function paste(page: Page, text: string): Promise<void> {
  await quickAdd(page).focus();
  await page.evaluate(`(() => {
    const text = ${JSON.stringify(text)};
    const data = new DataTransfer();
    data.setData('text/plain', text);
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    if (document.activeElement.dispatchEvent(event))
      document.execCommand('insertText', false, text.replace(/[\\r\\n]/g, ''));
  })()`);
}
