import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually, openStage, quickAdd, type Stage } from '../support/browser.ts';
import { createPerson, worldPassword, type Person } from '../support/world.ts';
import { destroySession } from '../../src/models/session/commands.ts';

describe('A tab whose session ends', () => {
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
    pages.push(page);
    return page;
  };

  it('goes to the sign-in page, when another tab signs out, and back to its page afterwards', async () => {
    const [here, there] = [await open(), await open('/categories')];
    await quickAdd(here).fill('half a thou');
    await here.locator('form[action="/logout"] button').click();
    await there.waitForURL(/\/login/);
    assert.equal(new URL(there.url()).searchParams.get('next'), '/categories');
    await here.waitForURL((url) => url.pathname === '/login' || url.pathname === '/');
    assert.equal((await here.context().cookies()).length, 0, 'the cookie is gone');
  });

  it('whose session was ended on another device finds what was typed after signing in again', async () => {
    const page = await open('/tasks/new');
    await page.locator('[name="notes"]').fill('half a thought');
    await destroySession(person.sid, 'revoked');
    await page.waitForURL(/\/login\?next=/);
    await page.getByText('This session was ended.').waitFor();
    await page.getByLabel('Email address').fill(person.user.email);
    await page.getByLabel('Password').fill(worldPassword);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('/tasks/new');
    assert.equal(await page.locator('[name="notes"]').inputValue(), 'half a thought');
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
      await eventually(
        async () => (await page.locator('input[type="password"]').count()) > 0,
        'the sign-in page is shown',
      );
      assert.equal(await page.getByText('a private matter').count(), 0);
    }
    assert.equal(await page.evaluate('Object.keys(sessionStorage).length'), 0);
  });

  it('goes to the sign-in page, also when it was offline at that moment', async () => {
    const page = await open();
    await page.context().setOffline(true);
    await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
    await person.client.post('/logout');
    await page.context().setOffline(false);
    await page.waitForURL(/\/login\?next=/, { timeout: 20_000 });
  });
});
