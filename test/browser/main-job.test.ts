import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { openStage, quickAdd, type Stage } from '../support/browser.ts';

const phone: BrowserContextOptions = { viewport: { width: 390, height: 780 }, hasTouch: true };
const ways: { way: string; options: BrowserContextOptions }[] = [
  { way: 'with JavaScript', options: {} },
  { way: 'without JavaScript', options: { javaScriptEnabled: false } },
  { way: 'on a phone', options: phone },
  { way: 'on a phone without JavaScript', options: { ...phone, javaScriptEnabled: false } },
];

describe('The main job', () => {
  let stage: Stage;

  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  for (const [index, { way, options }] of ways.entries()) {
    it(`works ${way}: from an account to an empty trash`, async () => {
      const page = await (await stage.window(null, options)).newPage();
      const isPhone = options.viewport !== undefined;
      const menu = async (name: string): Promise<void> => {
        if (isPhone) await page.getByRole('button', { name: 'Menu' }).click();
        await page.locator('[data-sidebar]').getByRole('link', { name }).click();
      };

      await page.goto('/');
      await page.getByRole('link', { name: 'Create account' }).click();
      await page.getByLabel('Name').fill('Ana');
      await page.getByLabel('Email').fill(`ana${String(index)}@example.org`);
      await page.getByLabel('Password').fill('the lamp by the door');
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByText('No tasks yet').waitFor();

      await quickAdd(page).fill('Order the posters');
      await quickAdd(page).press('Enter');
      await rowOf(page, 'Order the posters').waitFor();

      await menu('Manage categories');
      await page.locator('main').getByText('New category').click();
      await page.getByLabel('Name').fill('print');
      await page.getByText('Teal', { exact: true }).click();
      await page.getByRole('button', { name: 'Add category' }).click();
      await page.locator('main').getByRole('link', { name: 'print', exact: true }).waitFor();

      await menu('Home');
      await page.getByRole('link', { name: 'More fields' }).click();
      await page.getByLabel('Task', { exact: true }).fill('Write the programme');
      await page.getByLabel('Notes').fill('two pages\nat most');
      await page.getByLabel('Due').fill('2026-01-05');
      await page.getByLabel('Priority').selectOption('High');
      await page.locator('main').getByText('print', { exact: true }).click();
      await page.getByRole('button', { name: 'Add task' }).click();
      await rowOf(page, 'Write the programme').getByText('late').waitFor();
      await rowOf(page, 'Write the programme').getByText('print').waitFor();

      await page.getByRole('link', { name: 'Write the programme' }).click();
      await page.locator('main a', { hasText: 'Edit' }).click();
      await page.getByLabel('Task', { exact: true }).fill('Write the text of the programme');
      await page.getByRole('button', { name: 'Save' }).click();
      await rowOf(page, 'Write the text of the programme').waitFor();

      await menu('print');
      await page.getByRole('heading', { name: 'print' }).waitFor();
      assert.equal(await page.getByText('Order the posters').count(), 0);
      await rowOf(page, 'Write the text').getByRole('button', { name: 'Mark as done' }).click();
      await rowOf(page, 'Write the text').waitFor({ state: 'detached' });

      await menu('Home');
      await page.locator('[data-rows="done"]').getByText('Write the text').waitFor();
      await rowOf(page, 'Write the text').getByRole('button', { name: 'Mark as not done' }).click();
      await page.locator('[data-rows="open"]').getByText('Write the text').waitFor();

      if (isPhone) await page.getByRole('button', { name: 'Menu' }).click();
      const search = page.getByRole('searchbox').filter({ visible: true }).first();
      await search.fill('posters');
      await search.press('Enter');
      await page.getByRole('heading', { name: 'posters' }).waitFor();
      assert.equal(await page.locator('[data-rows]').getByText('Write the text').count(), 0);

      await page.getByRole('link', { name: 'Order the posters' }).click();
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.locator('main').getByText('moved to the trash').waitFor();
      await page.getByRole('button', { name: 'Undo' }).click();
      await menu('Home');
      await page.getByRole('link', { name: 'Order the posters' }).click();
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.locator('main').getByText('moved to the trash').waitFor();
      await menu('Trash');
      await page.getByRole('button', { name: 'Restore: Order the posters' }).click();
      await page.getByText('The trash is empty').waitFor();
      await menu('Home');
      await page.getByRole('link', { name: 'Order the posters' }).click();
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.locator('main').getByText('moved to the trash').waitFor();
      await menu('Trash');
      await page.locator('summary', { hasText: 'Delete permanently' }).click();
      await page.getByRole('button', { name: 'Delete permanently' }).click();
      await page.getByText('The trash is empty').waitFor();

      await menu('Settings');
      await page.getByLabel('Display language').selectOption('ar');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.locator('html[lang="ar"][dir="rtl"]').waitFor();
      if (isPhone) await page.locator('button.menu').click();
      await page.locator('[data-sidebar] form[action="/logout"] button').click();
      await page.locator('input[type="password"]').waitFor();
      assert.equal(await fitsIn(page), true, 'nothing sticks out at the side');
      await page.context().close();
    });
  }
});

const rowOf = (page: Page, text: string): Locator => page.locator('[data-rows] > li').filter({ hasText: text });

/** Playwright reads it also where the page's own scripts are off. */
const fitsIn = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth');
