import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { assertCurrent, openStage, rowsOn, type Stage } from '../support/browser.ts';
import { mergeTasks } from '../../src/transfer/merge/index.ts';
import { Task } from '../../src/models/index.ts';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const csv = (name: string, content: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
const choose = (page: Page, file: ReturnType<typeof csv>) => page.locator('#file').setInputFiles(file);
const counted = (page: Page, outcome: string) => page.locator(`.counts [data-outcome="${outcome}"] dd`).textContent();
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

describe('the page of imports in a browser', () => {
  it('keeps the file while one looks, chooses the columns and imports; an open list shows the tasks', async () => {
    const { world } = stage;
    const list = await stage.tab(world.ana);
    const page = await stage.tab(world.ana, '/settings/import');
    await choose(page, csv('helpdesk.csv', 'Title,Deadline,Place\nPaint <b>it</b>,2026-12-01,3\nSand,soon,1\n'));
    await button(page, 'Preview').click();
    await page.locator('#preview-title').waitFor();
    assert.deepEqual([await counted(page, 'insert'), await counted(page, 'wrong')], ['1', '1']);
    assert.equal(
      await page.locator('#file').evaluate((input) => (input as unknown as { files: unknown[] }).files.length),
      1,
      'the file is still chosen',
    );
    await page.getByText('Match columns').click();
    await page.getByLabel('Manual order').selectOption({ label: 'Place' });
    await page.getByLabel('Due').selectOption({ label: '(none)' });
    await button(page, 'Update preview').click();
    await page.locator('.counts [data-outcome="wrong"] dd').filter({ hasText: '0' }).waitFor();
    await button(page, 'Import').click();
    await page.locator('[data-flash]').waitFor();
    assert.match(await page.locator('[data-flash]').innerText(), /Added: 2\./);
    assert.equal(await Task.count({ where: { listId: world.ana.list.id, dueOn: null, position: 3 } }), 1);
    await list.locator('[data-rows="open"] > [data-task]').nth(1).waitFor();
    assert.deepEqual((await rowsOn(list)).map(({ text }) => text.includes('Paint <b>it</b>')).filter(Boolean), [true]);
    await assertCurrent(list);
  });

  it('shows how far it is', async () => {
    const page = await stage.tab(stage.world.bob, '/settings/import');
    const said: string[] = [];
    await page.exposeFunction('say', (text: string) => {
      said.push(text);
    });
    await page.evaluate(
      `new MutationObserver(() => say(document.querySelector('[data-progress]')?.innerText ?? '')).observe(document.body, { subtree: true, childList: true, characterData: true })`,
    );
    await choose(
      page,
      csv('many.csv', `task\n${Array.from({ length: 5000 }, (_, n) => `Task ${String(n)}`).join('\n')}\n`),
    );
    await button(page, 'Preview').click();
    await page.locator('#preview-title').waitFor();
    await button(page, 'Import').click();
    await page.locator('[data-flash]').waitFor();
    assert.ok(
      said.some((text) => /of 5,000/.test(text)),
      said.join('\n'),
    );
  });

  it('says what is wrong with a file, and takes another one', async () => {
    const page = await stage.tab(stage.world.eve, '/settings/import');
    await choose(page, csv('broken.csv', 'task\n"cut off'));
    await button(page, 'Preview').click();
    await page.locator('#file-error').filter({ hasText: 'cut off' }).waitFor();
    assert.equal(await page.locator('#file').getAttribute('aria-invalid'), 'true');
    await choose(page, csv('whole.csv', 'task\nWhole\n'));
    await button(page, 'Preview').click();
    await page.locator('#preview-title').waitFor();
    assert.equal(await page.locator('#file').getAttribute('aria-invalid'), null);
  });

  it('does the same without JavaScript, where the file is chosen once more', async () => {
    const window = await stage.window(stage.world.eve, { javaScriptEnabled: false });
    const page = await window.newPage();
    await page.goto('/settings/import');
    const file = csv('plain.csv', 'task\nWithout a script\n');
    await choose(page, file);
    await button(page, 'Preview').click();
    assert.equal(await counted(page, 'insert'), '1');
    await page.getByText('Choose the same file again').waitFor();
    await choose(page, file);
    await button(page, 'Import').click();
    assert.match(await page.locator('[data-flash]').innerText(), /Added: 1\./);
    await window.close();
  });

  it('downloads an export from the settings', async () => {
    const page = await stage.tab(stage.world.ana, '/settings/import');
    const download = page.waitForEvent('download');
    await button(page, 'Download').click();
    assert.match((await download).suggestedFilename(), /^taskwire-\d{4}-\d\d-\d\d\.json$/);
  });
});

describe('a merge of ten thousand', () => {
  it('arrives in open tabs, which are then like a page that has just been loaded', async () => {
    const { world } = stage;
    const { viewer, list } = world.ana;
    const [open, done] = [await stage.tab(world.ana), await stage.tab(world.ana, '/tasks?status=done')];
    const docs = Array.from({ length: 10_000 }, (_, n) => ({
      externalId: String(n),
      description: `Task ${String(n)}`,
      completed: n % 2 === 1,
    }));
    await mergeTasks(viewer, { listId: list.id, provider: 'desk', docs });
    for (const page of [open, done]) await assertCurrent(page, 8000);
    await mergeTasks(viewer, { listId: list.id, provider: 'desk', docs: docs.slice(0, 20) });
    for (const page of [open, done]) await assertCurrent(page, 8000);
  });
});
