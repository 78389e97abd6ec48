import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { live, openStage, type Stage } from '../support/browser.ts';
import { worldPassword } from '../support/world.ts';
import { promoteUser } from '../../src/models/user/rights.ts';

describe('An administrator', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
    await promoteUser(stage.world.ana.user);
  });
  after(() => stage.close());

  it('A3: disables bob while his page is open: he lands on the sign-in page, and is told whom to ask', async () => {
    const { ana, bob } = stage.world;
    const his = await stage.tab(bob);
    const hers = await stage.tab(ana, '/tasks');
    await hers.getByRole('link', { name: 'People' }).click();
    await hers.getByLabel('Name or email address').fill('bo');
    await hers.getByRole('button', { name: 'Search people' }).click();
    await hers.getByRole('link', { name: 'Bob' }).click();
    await hers.locator('summary', { hasText: 'Disable account' }).click();
    await hers.getByLabel('Reason').fill('Has left the house');
    await hers.getByRole('button', { name: 'Disable account' }).click();
    await hers.locator('main').getByText('Bob’s account is disabled, and they are signed out everywhere.').waitFor();
    await hers.getByText('Has left the house').waitFor();

    await his.waitForURL(/\/login\?/);
    await his.getByText('An administrator has disabled your account.').waitFor();
    await his.getByLabel('Email address').fill('bob@example.com');
    await his.getByLabel('Password').fill(worldPassword);
    await his.getByRole('button', { name: 'Sign in' }).click();
    await his.getByText('This account is disabled. Contact your administrator.').waitFor();
    assert.equal(await his.getByText('Has left the house').count(), 0);

    await hers.getByRole('button', { name: 'Enable account' }).click();
    await hers.locator('main').getByText('Bob can sign in again.').waitFor();
    await his.getByLabel('Password').fill(worldPassword);
    await his.getByRole('button', { name: 'Sign in' }).click();
    await his.waitForURL(/\/tasks/);
    await live(his);
    await hers.getByRole('link', { name: 'Audit log of this account' }).click();
    await hers.locator('[data-entry] strong').getByText('Account disabled').waitFor();
    for (const page of [his, hers]) await page.close();
  });

  it('works without JavaScript', async () => {
    const window = await stage.window(stage.world.ana, { javaScriptEnabled: false });
    const page = await window.newPage();
    await page.goto('/admin/users');
    await page.getByRole('link', { name: 'Eve' }).click();
    await page.locator('summary', { hasText: 'Make administrator' }).click();
    await page.getByRole('button', { name: 'Make administrator' }).click();
    await page.locator('main').getByText('Eve is now an administrator.').waitFor();
    await page.goto('/admin/audit?person=eve%40example.com');
    await page.getByRole('listitem').filter({ hasText: 'Admin rights granted' }).waitFor();
    await window.close();
  });
});
