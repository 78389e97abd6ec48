import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openStage, type Stage } from '../support/browser.ts';
import { linkTo } from '../support/mails.ts';
import { worldPassword } from '../support/world.ts';
import { findByEmail } from '../../src/models/user/queries.ts';

describe('sessions in a browser', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  it('one that is ended from another browser goes to the sign-in page by itself', async () => {
    const there = await stage.world.signIn(stage.world.ana);
    const [window, other] = [await stage.window(stage.world.ana), await stage.tab(there, '/categories')];
    const page = await window.newPage();
    await page.goto('/settings');
    await page.getByRole('link', { name: 'Active sessions' }).click();
    await page.getByText('This session').waitFor();
    await page.getByRole('button', { name: /^End session/ }).click();
    await other.waitForURL(/\/login\?next=%2Fcategories/);
    await page.locator('main').getByText('Session ended.').waitFor();
    assert.equal(await page.locator('main').getByRole('listitem').count(), 1);
    await window.close();
  });

  it('a forgotten password is chosen anew, without script', async () => {
    const window = await stage.window(null, { javaScriptEnabled: false });
    const page = await window.newPage();
    await page.goto('/login');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByLabel('Email address').fill('bob@example.com');
    await page.getByRole('button', { name: 'Request reset link' }).click();
    await page.getByText('If there is an account with this address').waitFor();
    await page.goto(await linkTo('bob@example.com'));
    await page.getByLabel('New password').fill('nine grey umbrellas');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Password changed.').waitFor();
    await page.getByLabel('Email address').fill('bob@example.com');
    await page.getByLabel('Password').fill('nine grey umbrellas');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/$/);
    await window.close();
  });

  it('an account ends with its password, and its tabs with it', async () => {
    const person = await stage.world.signIn(stage.world.eve);
    const other = await stage.tab(person, '/tasks');
    const page = await stage.tab(person, '/settings/account');
    await page.getByLabel('Current password').fill(worldPassword);
    await page.getByRole('button', { name: 'Delete my account' }).click();
    await page.getByText('Your account has been deleted.').waitFor();
    await other.waitForURL(/\/login/);
    assert.equal(await findByEmail('eve@example.com'), null);
  });
});
