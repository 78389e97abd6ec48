import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { openStage, type Stage } from '../support/browser.ts';
import { worldPassword } from '../support/world.ts';
import { findByEmail } from '../../src/models/user/queries.ts';

describe('accounts in a browser', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  async function signUp(window: BrowserContext, name: string): Promise<Page> {
    const page = await window.newPage();
    await page.goto('/');
    await page.getByRole('link', { name: 'Create account' }).click();
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Email address').fill(`${name.toLowerCase()}@example.com`);
    await page.getByLabel('Password').fill('a kettle on the roof');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForURL(/\/$/);
    return page;
  }

  async function signIn(page: Page, password: string): Promise<void> {
    await page.getByLabel('Email address').fill('ana@example.com');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  it('a newcomer makes one, in the time zone of the browser', async () => {
    const window = await stage.window(null, { timezoneId: 'Asia/Tokyo' });
    await signUp(window, 'Cleo');
    assert.equal((await findByEmail('cleo@example.com'))?.timeZone, 'Asia/Tokyo');
    await window.close();
  });

  it('nothing needs script: signing up, out and in, a wrong password, the settings', async () => {
    const window = await stage.window(null, { javaScriptEnabled: false });
    const page = await signUp(window, 'Dora');
    await page.goto('/settings');
    await page.getByLabel('Display language').selectOption('es');
    await page.getByRole('button', { name: 'Save' }).click();
    assert.equal(await page.locator('html').getAttribute('lang'), 'es');
    await page.locator('main').getByRole('button', { name: 'Cerrar sesión' }).click();
    await page.waitForURL(/\/login$/);
    await signIn(page, 'not the password');
    await page.getByText('Wrong email address or password').waitFor();
    assert.equal(await page.getByLabel('Email address').inputValue(), 'ana@example.com');
    assert.equal(await page.getByLabel('Password').inputValue(), '');
    await signIn(page, worldPassword);
    await page.waitForURL(/\/$/);
    await window.close();
  });

  it('signing out in one tab takes the others to the sign-in page, and "back" shows nothing', async () => {
    const person = await stage.world.signIn(stage.world.ana);
    const window = await stage.window(person);
    const [one, other] = [await window.newPage(), await window.newPage()];
    for (const page of [one, other]) {
      await page.goto('/settings');
      await page.locator('body[data-realtime=live]').waitFor();
    }
    await one.locator('main').getByRole('button', { name: 'Sign out' }).click();
    await one.waitForURL(/\/login/);
    await other.waitForURL(/\/login/);
    await one.goBack();
    await one.getByRole('button', { name: 'Sign in' }).waitFor();
    assert.equal(await one.getByText('ana@example.com').count(), 0);
    await window.close();
  });

  it("a changed password leaves this browser's tabs where they are, live again", async () => {
    const person = await stage.world.signIn(stage.world.eve);
    const window = await stage.window(person);
    const [one, other] = [await window.newPage(), await window.newPage()];
    for (const page of [one, other]) {
      await page.goto('/settings/password');
      await page.locator('body[data-realtime=live]').waitFor();
    }
    await one.getByLabel('Current password').fill(worldPassword);
    await one.getByLabel('New password').fill('nine grey umbrellas');
    const again = other.waitForEvent('websocket');
    await one.getByRole('button', { name: 'Change password' }).click();
    await one.getByText('Password changed.').waitFor();
    await again;
    await other.locator('body[data-realtime=live]').waitFor();
    assert.match(other.url(), /\/settings\/password$/);
    await window.close();
  });

  it('no page of it breaks the policy', () => {
    assert.deepEqual(stage.errors, []);
  });
});
