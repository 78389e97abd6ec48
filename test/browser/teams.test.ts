import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { live, openStage, pointAside, type Stage } from '../support/browser.ts';

describe('Two people and a team', () => {
  let stage: Stage;
  let hers: Page;
  let his: Page;
  let all: Page;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  it('are in it after an invitation by link, and see each other come', async () => {
    const { ana, bob } = stage.world;
    hers = await stage.tab(ana, '/teams');
    await hers.locator('main a', { hasText: 'New team' }).click();
    await hers.getByLabel('Name', { exact: true }).fill('Garden');
    await hers.getByRole('button', { name: 'Create team' }).click();
    await hers.getByRole('heading', { name: 'Garden', level: 1 }).waitFor();
    await hers.getByRole('button', { name: 'Create invitation' }).click();
    const address = await hers.getByLabel('Invitation link').inputValue();
    assert.match(new URL(address).pathname, /^\/invitations\/[\w-]{43}$/);
    const team = await stage.tab(ana, new URL(hers.url()).pathname.replace(/\/invitations$/, ''));

    all = await stage.tab(bob, '/tasks');
    his = await all.context().newPage();
    await his.goto(new URL(address).pathname);
    await his.getByRole('button', { name: 'Join team' }).click();
    await his.locator('main').getByText('Welcome to “Garden”.').waitFor();
    await team.getByText('bob@example.com').waitFor();
    await all.getByRole('link', { name: 'Garden' }).waitFor({ state: 'attached' });
    await hers.close();
    hers = team;
  });

  it('see at once what the other writes there', async () => {
    await his.getByRole('link', { name: 'Team tasks' }).click();
    await live(his);
    await pointAside(his);
    await pointAside(all);
    await hers.getByRole('link', { name: 'Team tasks' }).click();
    await live(hers);
    await hers.locator('#quick-add').fill('Rake the leaves');
    await hers.keyboard.press('Enter');
    for (const page of [his, all]) await page.getByText('Rake the leaves').waitFor();
  });

  it('see at once what a team is called now, and that it was renamed', async () => {
    const teamTasks = his.url();
    await his.goto('/activity');
    await live(his);
    await hers.getByRole('link', { name: 'Teams' }).click();
    await hers.locator('main').getByRole('link', { name: 'Garden' }).click();
    await hers.getByLabel('Name', { exact: true }).fill('Orchard');
    await hers.getByRole('button', { name: 'Save name' }).click();
    await hers.getByRole('heading', { name: 'Orchard', level: 1 }).waitFor();
    for (const page of [his, all])
      await page.locator('[data-sidebar]').getByText('Orchard').waitFor({ state: 'attached' });
    await his.locator('main').getByText('renamed the team').waitFor();
    assert.match((await his.locator('main .changes').first().textContent()) ?? '', /Name\s+Garden\s+→\s+Orchard/);
    await hers.getByLabel('Name', { exact: true }).fill('Garden');
    await hers.getByRole('button', { name: 'Save name' }).click();
    await hers.getByRole('heading', { name: 'Garden', level: 1 }).waitFor();
    for (const page of [his, all])
      await page.locator('[data-sidebar]').getByText('Garden').waitFor({ state: 'attached' });
    await his.goto(teamTasks);
    await live(his);
  });

  it('A3: are one less after a removal, wherever the other is: nothing of the team stays on the pages, and nothing comes', async () => {
    await hers.getByRole('link', { name: 'Teams' }).click();
    await hers.locator('main').getByRole('link', { name: 'Garden' }).click();
    await hers.locator('summary[aria-label="Bob: Remove"]').click();
    await hers.getByText('Remove Bob from the team?').waitFor();
    const remove = hers.getByRole('button', { name: 'Bob: Remove' });
    assert.equal(await remove.getAttribute('class'), 'danger');
    await remove.click();
    await hers.locator('main').getByText('Removed from “Garden”.').waitFor();
    await his.getByText('This page doesn’t exist or isn’t available to you.').waitFor();
    for (const page of [his, all]) await page.getByText('Rake the leaves').waitFor({ state: 'detached' });
    await all.getByRole('link', { name: 'Garden' }).waitFor({ state: 'detached' });

    const { ana, bob } = stage.world;
    const listId = (await hers.getByRole('link', { name: 'Team tasks' }).getAttribute('href'))?.split('=').at(-1) ?? '';
    await stage.write(ana, 'Without Bob', { listId });
    await stage.write(bob, 'His own', {});
    await all.getByText('His own').waitFor();
    assert.equal(await all.getByText('Without Bob').count(), 0);
  });
});
