import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { Task } from '../../src/models/index.ts';
import { eventually, live, openRow, openStage, pointAside, quickAdd, type Stage } from '../support/browser.ts';
import { createPerson, worldPassword, type Person } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { destroySession } from '../../src/models/session/commands.ts';

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

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await stage.window(person, { viewport: { width: 900, height: 500 }, ...options })).newPage();
  pages.push(page);
  await page.goto(path);
  if (options.javaScriptEnabled !== false) await live(page);
  await pointAside(page);
  return page;
}
const scroll = (page: Page): Promise<number> => page.evaluate('Math.round(scrollY)');
const addressOf = (page: Page): string => page.url().slice(stage.app.url.length);

describe('Back to the list', () => {
  before(async () => {
    person = await createPerson(stage.app, `Hiker${String((made += 1))}`);
    await Task.bulkCreate(
      Array.from({ length: 130 }, (_, index) => ({
        description: `stone ${String(index)}`,
        listId: person.list.id,
        userId: person.user.id,
        dueOn: '2027-01-01',
      })),
    );
  });

  const ways: Record<string, (page: Page) => Promise<unknown>> = {
    'the link': (page) => page.getByRole('link', { name: 'Back to the list' }).click(),
    cancelling: async (page) => {
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('link', { name: 'Cancel' }).click();
    },
    saving: async (page) => {
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.locator('[data-editor] [name="notes"]').fill('heavy');
      await page.getByRole('button', { name: 'Save' }).click();
    },
    deleting: (page) => page.getByRole('button', { name: 'Delete' }).click(),
  };

  for (const [way, leave] of Object.entries(ways)) {
    it(`by ${way} keeps filter, sort, page and place`, async () => {
      const page = await open('/tasks?q=stone&sort=due');
      await page.getByRole('button', { name: 'More tasks' }).click();
      await page.waitForURL(/after=/);
      await live(page);
      const list = addressOf(page);
      const line = page.locator('[data-rows] > [data-task] a.line').nth(30);
      await line.scrollIntoViewIfNeeded();
      const place = await scroll(page);
      assert.ok(place > 200);
      await line.click();
      await page.waitForURL(/\/tasks\/\d+\?from=/);
      await live(page);
      await leave(page);
      await page.waitForURL((url) => url.pathname === '/tasks');
      await live(page);
      assert.equal(addressOf(page).replace(/#.*/, ''), list);
      await eventually(
        async () => Math.abs((await scroll(page)) - place) < 120,
        `the place that was left, ${String(place)}`,
      );
    });

    it(`by ${way} works without JavaScript, at the task where it is still there`, async () => {
      const page = await open('/tasks?q=stone&sort=due', { javaScriptEnabled: false });
      const line = page.locator('[data-rows] > [data-task] a.line').nth(40);
      const id = /\d+/.exec((await line.getAttribute('href')) ?? '')?.[0] ?? '';
      await line.click();
      await leave(page);
      await page.waitForURL((url) => url.pathname === '/tasks' && url.search === '?q=stone&sort=due');
      if (way !== 'deleting') {
        assert.equal(new URL(page.url()).hash, `#task_${id}`);
        assert.ok(await page.locator(`#task_${id}`).isVisible());
      }
    });
  }

  it('says that somebody else has deleted the task, with the way to the trash', async () => {
    const bob = await createPerson(stage.app, 'Bobby');
    const team = await createTeam(person.viewer, 'Quarry');
    await addMember(team, person.user.id, bob.user.id);
    const listId = String((await findTeamList(team.id)).id);
    const id = await stage.write(bob, 'shared stone', { listId });
    const [page, editor] = [await open(`/tasks?list=${listId}`), await open(`/tasks/${String(id)}/edit`)];
    await openRow(page, id).locator('a.line').click();
    await page.getByRole('heading', { name: 'shared stone' }).waitFor();
    await live(page);
    await bob.client.delete(`/tasks/${String(id)}`);
    await page.getByRole('heading', { name: 'is in the trash.' }).waitFor();
    await editor.getByText('This task is no longer in its list').waitFor();
    assert.ok(await page.getByRole('link', { name: 'Open the trash' }).isVisible());
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('heading', { name: 'shared stone', exact: true }).waitFor();
    await bob.client.delete(`/tasks/${String(id)}`);
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.waitForURL((url) => url.pathname === '/tasks' && url.search.startsWith('?list='));
  });
});

describe('A page that answers a form', () => {
  before(async () => {
    person = await createPerson(stage.app, `Hiker${String((made += 1))}`);
  });

  it('keeps the link of an invitation when others act, when it is used and on a reload, and copies it', async () => {
    const team = await createTeam(person.viewer, 'Bakery');
    const page = await open(`/teams/${team.id}`);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Create invitation' }).click();
    const link = page.getByLabel('Invitation link');
    const address = await link.inputValue();
    assert.match(address, /\/invitations\/[\w-]{43}$/);
    assert.equal(addressOf(page), `/teams/${team.id}`);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), address);
    await pointAside(page);
    const guest = await createPerson(stage.app, 'Guest');
    await stage.write(person, 'something else', { listId: String((await findTeamList(team.id)).id) });
    await guest.client.post(new URL(address).pathname);
    await page.getByText('guest@example.com').waitFor();
    assert.equal(await link.inputValue(), address);
    await page.reload();
    assert.equal(await link.inputValue(), address);
    await page.reload();
    assert.equal(await link.count(), 0);
  });

  it('with errors is not replaced by a fresh one that has forgotten them', async () => {
    const page = await open('/categories/new');
    await person.client.post('/categories', { name: 'print', color: 'red' });
    await page.locator('[name="name"]').fill('print');
    await page.locator('form[data-draft] [type="submit"]').click();
    await page.locator('#name-error').waitFor();
    await live(page);
    const team = await createTeam(person.viewer, 'Sudden');
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 1000))');
    assert.ok(team.id > 0 && (await page.locator('#name-error').isVisible()));
    assert.equal(await page.locator('[name="name"]').inputValue(), 'print');
  });
});

describe('A form that is sent after the session has ended', () => {
  const signIn = async (page: Page): Promise<void> => {
    await page.getByText('Your session has ended, so this was not saved.').waitFor();
    await page.getByLabel('Email address').fill(person.user.email);
    await page.getByLabel('Password').fill(worldPassword);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('What you typed is back.').waitFor();
  };
  const typed = (page: Page) => page.locator('form[action="/tasks"] [name="description"]');

  for (const javaScriptEnabled of [true, false]) {
    it(`leads to sign-in and back to the text, ${javaScriptEnabled ? 'also without a live socket' : 'without JavaScript'}`, async () => {
      person = await createPerson(stage.app, `Sleeper${String((made += 1))}`);
      const context = await stage.window(person, { javaScriptEnabled });
      const page = await context.newPage();
      pages.push(page);
      await page.routeWebSocket(/socket\.io/, (tab) => {
        void tab.close();
      });
      await page.goto('/tasks/new?from=/tasks?sort=due');
      await typed(page).fill('half a thought');
      await page.locator('[name="notes"]').fill('and the other half');
      await destroySession(person.sid, 'expired');
      await page.getByRole('button', { name: 'Add task' }).click();
      await signIn(page);
      assert.equal(addressOf(page), '/tasks/new?from=/tasks?sort=due');
      assert.equal(await typed(page).inputValue(), 'half a thought');
      assert.equal(await page.locator('[name="notes"]').inputValue(), 'and the other half');
      assert.equal(await Task.count({ where: { userId: person.user.id } }), 0, 'nothing is sent without a press');
      await page.getByRole('button', { name: 'Add task' }).click();
      await page.waitForURL('**/tasks?sort=due');
      await page.locator('[data-rows]').getByText('half a thought').waitFor();
      assert.equal(await quickAdd(page).inputValue(), '');
      assert.equal(await Task.count({ where: { userId: person.user.id } }), 1);
    });
  }
});
