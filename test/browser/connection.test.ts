/** Over 200 lines: one connection, in every way in which it breaks and comes back. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { announce } from '../../src/events/index.ts';
import { Category, Task } from '../../src/models/index.ts';
import { limits } from '../../src/shared/limits.ts';
import {
  assertCurrent,
  eventually,
  live,
  openRow,
  openStage,
  pointAside,
  quickAdd,
  row,
  type Stage,
} from '../support/browser.ts';
import { openWiredPage, type WiredPage } from '../support/wired-page.ts';
import { createPerson, type Person } from '../support/world.ts';

describe('A tab', () => {
  let stage: Stage;
  let person: Person;
  let pages: Page[] = [];
  let made = 0;

  before(async () => {
    stage = await openStage();
  });
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

  const openWired = async (): Promise<WiredPage> => {
    person = await createPerson(stage.app, `Person${String((made += 1))}`);
    const wired = await openWiredPage(stage, person);
    pages.push(wired.page);
    return wired;
  };

  it('catches up after it was offline, to what a fresh page shows', async () => {
    const page = await open();
    const [kept, edited, done, deleted] = [
      await stage.write(person, 'stays'),
      await stage.write(person, 'is edited'),
      await stage.write(person, 'is done'),
      await stage.write(person, 'is deleted'),
    ];
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

  it('sees by list_versions that the last event before a silence was lost', async () => {
    const { page, wire } = await openWired();
    wire.lose = (message) => message.includes('42["new_task"');
    const lost = await stage.write(person, 'the last word');
    const [{ epoch }] = Object.values(
      JSON.parse((await page.locator('main').getAttribute('data-positions')) ?? '') as Record<
        string,
        { epoch: string }
      >,
    ) as [{ epoch: string }];
    wire.toTab(`42${JSON.stringify(['list_versions', { [person.list.id]: { epoch, version: 1 } }])}`);
    await openRow(page, lost).waitFor();
    await assertCurrent(page);
  });

  it('follows a burst that is told as one number instead of many events', async () => {
    const page = await open();
    await Task.bulkCreate(
      Array.from({ length: limits.burst - 5 }, (_, index) => ({
        description: `early ${String(index)}`,
        listId: person.list.id,
        userId: person.user.id,
      })),
    );
    await Task.bulkCreate(
      Array.from({ length: limits.burst + 5 }, (_, index) => ({
        description: `burst ${String(index)}`,
        listId: person.list.id,
        userId: person.user.id,
      })),
    );
    await page.getByText(`burst ${String(limits.burst + 4)}`).waitFor();
    await assertCurrent(page);
  });

  it('ends where a fresh page is, whatever happened and however often it was cut off', async () => {
    const page = await open();
    const other = await open();
    await person.client.post('/categories', { name: 'print', color: 'red' });
    const category = String((await Category.findOne({ where: { listId: person.list.id }, rejectOnEmpty: true })).id);
    const ids: number[] = [];
    const any = (): string => String(ids[Math.floor(Math.random() * ids.length)] ?? 0);
    const acts: (() => Promise<unknown>)[] = [
      async () =>
        ids.push(
          await stage.write(person, `number ${String(ids.length)}`, ids.length % 2 ? { categoryIds: category } : {}),
        ),
      () => person.client.post(`/tasks/${any()}/completion`),
      () => person.client.delete(`/tasks/${any()}/completion`),
      () => person.client.delete(`/tasks/${any()}`),
      () => person.client.post(`/trash/${any()}/restore`),
      () => person.client.delete(`/trash/${any()}`),
      () =>
        person.client.patch(`/tasks/${any()}`, {
          description: `changed ${String(Math.random())}`,
          textRevision: String(1 + Math.floor(Math.random() * 3)),
        }),
      () =>
        person.client.patch(`/categories/${category}`, {
          name: `print ${String(Math.random()).slice(2, 6)}`,
          color: 'teal',
        }),
      async () => {
        await openRow(page, Number(any()))
          .hover({ timeout: 50 })
          .catch(() => undefined);
      },
      () => pointAside(page),
    ];
    for (let round = 0; round < 4; round += 1) {
      for (let step = 0; step < 25; step += 1)
        await Promise.all([
          acts[step % 4 === 0 ? 0 : Math.floor(Math.random() * acts.length)]?.(),
          Math.random() < 0.3 ? acts[0]?.() : null,
        ]);
      await other.evaluate(`dispatchEvent(new Event('offline'))`);
    }
    await pointAside(page);
    const last = await stage.write(person, 'the very last');
    for (const one of [page, other]) {
      await openRow(one, last).waitFor({ timeout: 15_000 });
      await live(one);
      await eventually(async () => (await one.locator('[data-gone]').count()) === 0, 'what was deleted is gone');
      await assertCurrent(one, 10_000);
    }
  });

  it('loads afresh what the log does not reach back to, and keeps what is being typed', async () => {
    const page = await open();
    await quickAdd(page).fill('half a thou');
    await page.context().setOffline(true);
    await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
    await Task.bulkCreate(
      Array.from({ length: limits.catchUp + 1 }, (_, index) => ({
        description: `flood ${String(index)}`,
        listId: person.list.id,
        userId: person.user.id,
      })),
    );
    await page.context().setOffline(false);
    await page.locator('[data-rows="open"] > [data-task]').first().waitFor({ timeout: 15_000 });
    await live(page);
    assert.equal(await quickAdd(page).inputValue(), 'half a thou');
    await assertCurrent(page);
  });

  it("catches up a page that comes back from Turbo's memory", async () => {
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
    const sockets = countSockets(page);
    for (const path of ['/trash', '/categories', '/settings', '/tasks']) {
      await page.evaluate(`Turbo.visit('${path}')`);
      await page.waitForURL(path);
      await live(page);
    }
    assert.equal(sockets(), 0, 'none was opened after the first');
  });

  it('draws itself anew at an event that it does not know', async () => {
    const page = await open();
    await stage.write(person, 'to begin with');
    await page.getByText('to begin with').waitFor();
    const loaded = page.waitForRequest((request) => request.url().endsWith('/tasks'));
    await stage.app.sequelize.query(
      "INSERT INTO events (list_id, version, name, subject, subject_id, created_at) SELECT id, version + 1, 'member_joined', 'user', 1, now() FROM lists WHERE id = $1",
      { bind: [person.list.id] },
    );
    await stage.app.sequelize.query('UPDATE lists SET version = version + 1 WHERE id = $1', { bind: [person.list.id] });
    announce('changed', 'task_updated', { id: null, listId: person.list.id });
    await loaded;
  });
});

/** How many connections have been opened since, less those that are closed again. */
function countSockets(page: Page): () => number {
  let open = 0;
  page.on('websocket', (socket) => {
    open += 1;
    socket.on('close', () => {
      open -= 1;
    });
  });
  return () => open;
}
