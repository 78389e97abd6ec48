import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { Task } from '../../src/models/index.ts';
import { assertCurrent, openRow, openStage, pointAside, quickAdd, row, type Stage } from '../support/browser.ts';
import { createPerson, type Person } from '../support/world.ts';

let stage: Stage;
let person: Person;
let page: Page;
let made = 0;

before(async () => {
  stage = await openStage();
});
after(() => stage.close());
afterEach(() => page.context().close());

const sql = (text: string, ...bind: unknown[]): Promise<unknown> => stage.app.sequelize.query(text, { bind });

/** What the log no longer tells: each leaves the database so that only a fresh page will do. */
const losses = {
  'for a week, so that the log no longer reaches back': async () => {
    await sql('DELETE FROM events WHERE list_id = $1', person.list.id);
    await sql('UPDATE lists SET kept_from = version + 1 WHERE id = $1', person.list.id);
  },
  'while the database was restored from an older one': async () => {
    await sql('DELETE FROM events WHERE list_id = $1 AND version > 1', person.list.id);
    await sql('UPDATE lists SET epoch = gen_random_uuid(), version = 1 WHERE id = $1', person.list.id);
  },
};

for (const [away, lose] of Object.entries(losses))
  describe(`A tab that was away ${away}`, () => {
    const open = async (path: string, tasks = 0): Promise<void> => {
      person = await createPerson(stage.app, `Traveller${String((made += 1))}`);
      if (tasks > 0)
        await Task.bulkCreate(
          Array.from({ length: tasks }, (_, n) => ({
            description: `number ${String(n)}`,
            listId: person.list.id,
            userId: person.user.id,
          })),
        );
      page = await stage.tab(person, path);
      await pointAside(page);
    };
    /** Cuts the tab off, lets things happen and the log forget them, and lets the tab come back. */
    const stayAway = async (meanwhile: () => Promise<unknown>): Promise<void> => {
      await page.context().setOffline(true);
      await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
      await meanwhile();
      await lose();
      await page.context().setOffline(false);
    };
    const focused = () => page.evaluate('document.activeElement.name');
    const notice = () => page.locator('[data-connection]');

    it('shows what a fresh page shows, with the line, the caret and the focus of what is being typed', async () => {
      await open('/tasks', 3);
      const id = await stage.write(person, 'is deleted meanwhile');
      await openRow(page, id).waitFor();
      await quickAdd(page).pressSequentially('half a thou');
      for (let steps = 0; steps < 'thou'.length; steps += 1) await page.keyboard.press('ArrowLeft');
      await stayAway(async () => {
        await sql('DELETE FROM tasks WHERE id = $1', id);
        await stage.write(person, 'is new');
      });
      await page.getByText('is new').waitFor({ timeout: 15_000 });
      await row(page, id).waitFor({ state: 'detached' });
      await assertCurrent(page);
      assert.equal(await quickAdd(page).inputValue(), 'half a thou');
      assert.equal(await focused(), 'description');
      await page.keyboard.type('and ');
      assert.equal(await quickAdd(page).inputValue(), 'half a and thou');
      await quickAdd(page).press('Enter');
      await page.locator('[data-rows]').getByText('half a and thou').waitFor();
      assert.ok(await notice().isHidden());
    });

    it('stays where it was scrolled to', async () => {
      await open('/tasks', 50);
      const at = page.locator('[data-rows="open"] > [data-task]').nth(30);
      const id = await at.getAttribute('data-task');
      await page.evaluate(`document.querySelector('[data-task="${String(id)}"]').scrollIntoView({ block: 'start' })`);
      const before = await at.boundingBox();
      await stayAway(async () => {
        await stage.write(person, 'is new and above');
        await sql('UPDATE tasks SET description = $2 WHERE id = $1', id, 'is renamed');
      });
      await page.getByText('is renamed').waitFor({ state: 'attached', timeout: 15_000 });
      await page.getByText('is new and above').waitFor({ state: 'attached' });
      assert.ok(
        Math.abs((await row(page, Number(id)).boundingBox())!.y - before!.y) < 2,
        'the same row stands in the same place',
      );
    });

    it('keeps an open editor as it is, and tells of the other text and of no broken connection', async () => {
      await open('/tasks', 1);
      const { id } = await Task.findOne({ where: { listId: person.list.id }, rejectOnEmpty: true });
      await page.goto(`/tasks/${String(id)}/edit`);
      await page.locator('form[data-editor] [name="notes"]').fill('a long thou');
      await stayAway(() =>
        person.client.patch(`/tasks/${String(id)}`, { description: 'changed elsewhere', textRevision: '1' }),
      );
      await page.locator('[data-changed-elsewhere]').waitFor({ timeout: 15_000 });
      assert.equal(await page.locator('form[data-editor] [name="notes"]').inputValue(), 'a long thou');
      assert.equal(await page.locator('form[data-editor] [name="description"]').inputValue(), 'number 0');
      assert.equal(await focused(), 'notes');
      await notice().waitFor({ state: 'hidden' });
      await page.locator('form[data-editor] [type="submit"]').click();
      await page.locator('.theirs', { hasText: 'changed elsewhere' }).waitFor();
    });

    it('keeps an open editor whose task is not there any more', async () => {
      await open('/tasks', 1);
      const { id } = await Task.findOne({ where: { listId: person.list.id }, rejectOnEmpty: true });
      await page.goto(`/tasks/${String(id)}/edit`);
      await page.locator('form[data-editor] [name="notes"]').fill('a long thou');
      await stayAway(() => sql('DELETE FROM tasks WHERE id = $1', id));
      await page.locator('[data-gone-elsewhere]').waitFor({ timeout: 15_000 });
      assert.equal(await page.locator('form[data-editor] [name="notes"]').inputValue(), 'a long thou');
    });

    it('keeps what is typed in the form of a category', async () => {
      await open('/categories/new');
      await page.locator('form[data-draft] [name="name"]').pressSequentially('pri');
      await page.locator('form[data-draft] [value="teal"]').check({ force: true });
      await page.locator('form[data-draft] [name="name"]').focus();
      await stayAway(() => stage.write(person, 'meanwhile'));
      await page
        .locator('body:is([data-realtime="live"], [data-realtime="stale"])')
        .waitFor({ state: 'attached', timeout: 15_000 });
      await page.keyboard.type('nt');
      assert.equal(await page.locator('form[data-draft] [name="name"]').inputValue(), 'print');
      assert.ok(await page.locator('form[data-draft] [value="teal"]').isChecked());
      await page.locator('form[data-draft] [type="submit"]').click();
      await page.waitForURL('/categories');
      await page.locator('main [data-color="teal"]').first().waitFor();
    });
  });
