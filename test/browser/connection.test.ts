import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { announce } from '../../src/events/index.ts';
import { Task } from '../../src/models/index.ts';
import { limits } from '../../src/shared/limits.ts';
import { assertCurrent, eventually, live, openRow, openStage, pointAside, quickAdd, row, type Stage } from '../support/browser.ts';
import { createPerson, type Person } from '../support/world.ts';

describe('A tab', () => {
  let stage: Stage;
  let person: Person;
  let pages: Page[] = [];
  let made = 0;

  before(async () => { stage = await openStage(); });
  after(() => stage.close());
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.close()));
    pages = [];
  });

  const open = async (path?: string): Promise<Page> => {
    if (pages.length === 0) person = await createPerson(stage.app, `Person${String((made += 1))}`);
    const page = await stage.tab(person, path);
    await pointAside(page);
    pages.push(page);
    return page;
  };

  /** A tab whose wire the test holds in its hands. */
  const openWired = async () => {
    person = await createPerson(stage.app, `Person${String((made += 1))}`);
    const page = await (await stage.window(person)).newPage();
    pages.push(page);
    const wire = { connections: 0, toTab: (_message: string): void => undefined, lose: (_message: string): boolean => false };
    await page.routeWebSocket(/socket\.io/, (tab) => {
      wire.connections += 1;
      wire.toTab = (message) => { tab.send(message); };
      tab.connectToServer().onMessage((message) => { if (!wire.lose(String(message))) tab.send(message); });
    });
    await page.goto('/tasks');
    await live(page);
    await pointAside(page);
    return { page, wire };
  };

  it('catches up after it was offline, to what a fresh page shows', async () => {
    const page = await open();
    const [kept, edited, done, deleted] = [await stage.write(person, 'stays'), await stage.write(person, 'is edited'), await stage.write(person, 'is done'), await stage.write(person, 'is deleted')];
    await openRow(page, deleted).waitFor();
    await page.context().setOffline(true);
    await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
    await person.client.patch(`/tasks/${String(edited)}`, { description: 'was edited', textRevision: '1' });
    await person.client.post(`/tasks/${String(done)}/completion`);
    await person.client.delete(`/tasks/${String(deleted)}`);
    await stage.write(person, 'is new');
    await page.context().setOffline(false);
    await page.getByText('is new').waitFor({ timeout: 15_000 });
    await live(page);
    assert.ok(await openRow(page, kept).isVisible());
    await assertCurrent(page);
  });

  it('says that it is reconnecting after three seconds, and not sooner, and no longer than it is', async () => {
    const page = await open();
    const notice = page.locator('[data-connection]');
    await page.context().setOffline(true);
    await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
    const since = Date.now();
    assert.equal(await notice.isVisible(), false);
    await notice.waitFor();
    assert.ok(Date.now() - since > 2000, 'a short break is not worth a word');
    await page.context().setOffline(false);
    await notice.waitFor({ state: 'hidden', timeout: 15_000 });
    await live(page);
  });

  it('comes back when the server has closed its connection', async () => {
    const { page, wire } = await openWired();
    wire.toTab('41');
    await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
    await live(page);
    await stage.write(person, 'after the break');
    await page.getByText('after the break').waitFor();
    assert.equal(wire.connections, 2);
  });

  it('fills the gap when an event is lost on the way, each task once and in its place', async () => {
    const { page, wire } = await openWired();
    wire.lose = (message) => message.includes('lost on the way');
    const lost = await stage.write(person, 'lost on the way');
    wire.lose = () => false;
    const next = await stage.write(person, 'the next one');
    await openRow(page, next).waitFor();
    await openRow(page, lost).waitFor();
    await assertCurrent(page);
  });

  it('sees by feed_versions that the last event before a silence was lost', async () => {
    const { page, wire } = await openWired();
    wire.lose = (message) => message.includes('42["new_task"');
    const lost = await stage.write(person, 'the last word');
    const [{ epoch }] = Object.values(JSON.parse((await page.locator('main').getAttribute('data-positions')) ?? '') as Record<string, { epoch: string }>) as [{ epoch: string }];
    wire.toTab(`42${JSON.stringify(['feed_versions', { [person.feed.id]: { epoch, version: 1 } }])}`);
    await openRow(page, lost).waitFor();
    await assertCurrent(page);
  });

  it('loads afresh what the log does not reach back to, and keeps what is being typed', async () => {
    const page = await open();
    await quickAdd(page).fill('half a thou');
    await page.context().setOffline(true);
    await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
    await Task.bulkCreate(Array.from({ length: limits.catchUp + 1 }, (_, index) => ({ description: `flood ${String(index)}`, feedId: person.feed.id, userId: person.user.id })));
    await page.context().setOffline(false);
    await page.locator('[data-rows="open"] > [data-task]').first().waitFor({ timeout: 15_000 });
    await live(page);
    assert.equal(await quickAdd(page).inputValue(), 'half a thou');
    await assertCurrent(page);
  });

  it('catches up a page that comes back from Turbo\'s memory', async () => {
    const page = await open();
    const id = await stage.write(person, 'before leaving');
    await openRow(page, id).waitFor();
    await page.locator('a[href="/settings"]:visible').first().click();
    await page.waitForURL('/settings');
    await live(page);
    const missed = await stage.write(person, 'while on another page');
    await person.client.delete(`/tasks/${String(id)}`);
    await page.goBack();
    await openRow(page, missed).waitFor();
    await row(page, id).waitFor({ state: 'detached' });
    await live(page);
    await assertCurrent(page);
  });

  it('keeps one connection over many pages', async () => {
    const page = await open();
    const sockets = await countSockets(page);
    for (const path of ['/trash', '/categories', '/settings', '/tasks']) {
      await page.evaluate(`Turbo.visit('${path}')`);
      await page.waitForURL(path);
      await live(page);
    }
    assert.equal(await sockets(), 0, 'none was opened after the first');
  });

  it('goes to the sign-in page when another tab signs out, and back to its page afterwards', async () => {
    const [here, there] = [await open(), await open('/categories')];
    await quickAdd(there).count();
    await here.locator('form[action="/logout"] button').click();
    await there.waitForURL(/\/login/);
    assert.equal(new URL(there.url()).searchParams.get('next'), '/categories');
    await here.waitForURL((url) => url.pathname === '/login' || url.pathname === '/');
    assert.equal((await here.context().cookies()).length, 0, 'the cookie is gone');
  });

  it('shows nothing private after signing out, not even by the back button', async () => {
    const page = await open();
    await stage.write(person, 'a private matter');
    await page.getByText('a private matter').waitFor();
    await page.locator('a[href="/settings"]:visible').first().click();
    await page.waitForURL('/settings');
    await page.locator('form[action="/logout"] button').first().click();
    await page.waitForURL((url) => url.pathname === '/login' || url.pathname === '/');
    for (let steps = 0; steps < 2; steps += 1) {
      await page.goBack().catch(() => null);
      await eventually(async () => (await page.locator('input[type="password"]').count()) > 0, 'the sign-in page is shown');
      assert.equal(await page.getByText('a private matter').count(), 0);
    }
    assert.equal(await page.evaluate('Object.keys(sessionStorage).length'), 0);
  });

  it('goes to the sign-in page when its session has ended while it was offline', async () => {
    const page = await open();
    await page.context().setOffline(true);
    await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
    await person.client.post('/logout');
    await page.context().setOffline(false);
    await page.waitForURL(/\/login\?next=/, { timeout: 20_000 });
  });

  it('draws itself anew at an event that it does not know', async () => {
    const page = await open();
    await stage.write(person, 'to begin with');
    await page.getByText('to begin with').waitFor();
    const loaded = page.waitForRequest((request) => request.url().endsWith('/tasks'));
    await stage.app.sequelize.query('INSERT INTO events (feed_id, version, name, subject, subject_id, created_at) SELECT id, version + 1, \'member_joined\', \'user\', 1, now() FROM feeds WHERE id = $1', { bind: [person.feed.id] });
    await stage.app.sequelize.query('UPDATE feeds SET version = version + 1 WHERE id = $1', { bind: [person.feed.id] });
    announce('changed', 'task_updated', { id: null, feedId: person.feed.id });
    await loaded;
  });
});

/** How many connections have been opened since, less those that are closed again; the open one at the start is closed first. */
async function countSockets(page: Page): Promise<() => Promise<number>> {
  let open = 0;
  page.on('websocket', (socket) => {
    open += 1;
    socket.on('close', () => { open -= 1; });
  });
  return () => Promise.resolve(open);
}
