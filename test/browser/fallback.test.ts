import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
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
import { startProxy, type Proxy } from '../support/proxy.ts';
import { createPerson, type Person } from '../support/world.ts';
import { destroySession } from '../../src/models/session/commands.ts';

describe('A tab behind a proxy that lets no websocket through', () => {
  let stage: Stage;
  let proxy: Proxy;
  let person: Person;
  let context: BrowserContext;
  let page: Page;
  let made = 0;

  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());
  beforeEach(async () => {
    proxy = await startProxy(stage.app.url);
    proxy.upgrades = 'refuse';
    person = await createPerson(stage.app, `Clerk${String((made += 1))}`);
    context = await stage.window(person, { baseURL: proxy.url });
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    await proxy.close();
  });

  const notice = () => page.locator('[data-connection]');
  const polling = () => page.locator('body[data-realtime="polling"]').waitFor({ state: 'attached', timeout: 15_000 });
  const open = async (path = '/tasks'): Promise<void> => {
    await page.goto(path);
    await pointAside(page);
  };
  const questions = (): number => proxy.paths.filter((path) => /^\/lists\/\d+\/events/.test(path)).length;
  const lookAgain = () => page.evaluate('dispatchEvent(new Event("focus"))');

  it('says so in words and shows all the same what was changed elsewhere', async () => {
    await open();
    await polling();
    assert.match((await notice().textContent()) ?? '', /^No live connection\./);
    assert.ok(await notice().isVisible());
    const [kept, deleted] = [await stage.write(person, 'stays'), await stage.write(person, 'is deleted')];
    await openRow(page, kept).waitFor({ timeout: 15_000 });
    await person.client.delete(`/tasks/${String(deleted)}`);
    await lookAgain();
    await openRow(page, deleted).waitFor({ state: 'detached' });
    await assertCurrent(page);
    assert.ok(questions() <= 6, `gently: ${String(questions())} questions`);
  });

  it('asks at once when somebody looks at it again', async () => {
    await open();
    await polling();
    const id = await stage.write(person, 'while elsewhere');
    await lookAgain();
    await openRow(page, id).waitFor({ timeout: 3000 });
  });

  it('asks nothing while nobody looks', async () => {
    await open();
    await polling();
    await page.evaluate('Object.defineProperty(document, "hidden", { configurable: true, get: () => true })');
    const before = questions();
    await stage.write(person, 'while hidden');
    await lookAgain();
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))');
    assert.equal(questions(), before);
    await page.evaluate('delete document.hidden; document.dispatchEvent(new Event("visibilitychange"))');
    await page.getByText('while hidden').waitFor({ timeout: 3000 });
  });

  it('goes live, and the notice goes, when a websocket opens at last; nothing is missing', async () => {
    await open();
    await polling();
    proxy.upgrades = 'pass';
    const first = await stage.write(person, 'at the change');
    await page.locator('body[data-realtime="live"]').waitFor({ state: 'attached', timeout: 30_000 });
    assert.ok(await notice().isHidden());
    await openRow(page, first).waitFor();
    const asked = questions();
    const id = await stage.write(person, 'over the wire again');
    await openRow(page, id).waitFor({ timeout: 3000 });
    assert.equal(questions(), asked);
    await assertCurrent(page);
  });

  it('takes a websocket that dies as soon as it has opened for none', async () => {
    proxy.upgrades = 'cut';
    await open();
    await polling();
    assert.ok(await notice().isVisible());
    const id = await stage.write(person, 'all the same');
    await lookAgain();
    await openRow(page, id).waitFor();
    await assertCurrent(page);
    assert.ok(proxy.asked <= 12, `gently: ${String(proxy.asked)} tries of two tabs`);
  });

  it('keeps what is being typed, and keeps its words on every page', async () => {
    await open();
    await polling();
    await quickAdd(page).fill('half a thou');
    const id = await stage.write(person, 'comes meanwhile');
    await lookAgain();
    await openRow(page, id).waitFor({ timeout: 3000 });
    assert.equal(await quickAdd(page).inputValue(), 'half a thou');
    await page.evaluate('Turbo.visit("/categories")');
    await page.waitForURL('/categories');
    assert.ok(await notice().isVisible());
    assert.match((await notice().textContent()) ?? '', /^No live connection\./);
  });

  it('leaves for the sign-in page when its session has ended', async () => {
    await open();
    await polling();
    await destroySession(person.sid, 'revoked');
    await lookAgain();
    await page.waitForURL(/\/login\?next=/);
  });

  it('is reconnecting, and not polling, while the server is away altogether; a page of the proxy is no answer', async () => {
    await open();
    await polling();
    proxy.plain = { status: 200, headers: { 'content-type': 'text/html' } };
    await lookAgain();
    await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
    await notice().getByText('Reconnecting…').waitFor();
    proxy.plain = { status: 502 };
    const id = await stage.write(person, 'while away');
    proxy.plain = null;
    await lookAgain();
    await openRow(page, id).waitFor({ timeout: 3000 });
    await polling();
    await assertCurrent(page);
  });

  it('leaves a server alone for as long as it asks, also when somebody looks', async () => {
    await open();
    await polling();
    proxy.plain = { status: 503, headers: { 'retry-after': '3' } };
    await lookAgain();
    await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
    proxy.plain = null;
    const before = questions();
    await lookAgain();
    await lookAgain();
    assert.equal(questions(), before);
    await eventually(
      async () => {
        await lookAgain();
        return questions() > before;
      },
      'it asks again',
      10_000,
    );
    await polling();
  });

  it('shows after a while offline what a fresh page shows', async () => {
    await open();
    await polling();
    await context.setOffline(true);
    await lookAgain();
    await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
    const id = await stage.write(person, 'while offline');
    await context.setOffline(false);
    await openRow(page, id).waitFor({ timeout: 20_000 });
    await polling();
    await assertCurrent(page);
  });

  it('does not mistake a server that was away for a while for a proxy', async () => {
    proxy.upgrades = 'pass';
    await open();
    await live(page);
    await page.evaluate(
      'window.states = new Set(); new MutationObserver(() => states.add(document.body.dataset.realtime)).observe(document.body, { attributes: true })',
    );
    proxy.plain = { status: 502 };
    await page.evaluate('dispatchEvent(new Event("offline"))');
    await eventually(() => proxy.asked >= 5, 'it has tried several times', 20_000);
    proxy.plain = null;
    await live(page);
    assert.deepEqual(await page.evaluate('[...states].sort()'), ['live', 'reconnecting']);
    await assertCurrent(page);
  });
});
