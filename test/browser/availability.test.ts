import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { toLocalTime } from '../../src/lib/local-time.ts';
import { Task } from '../../src/models/index.ts';
import {
  assertCurrent,
  eventually,
  live,
  openRow,
  openStage,
  pointAside,
  row,
  waitingButton,
  type Stage,
} from '../support/browser.ts';
import { createPerson, type Person } from '../support/world.ts';
import { createTask, editTask } from '../../src/models/task/commands.ts';

const HOUR = 3_600_000;

describe('A task whose time comes', () => {
  let stage: Stage;
  let pages: Page[] = [];

  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.close()));
    pages = [];
  });

  const tab = async (person: Person, at?: string): Promise<Page> => {
    const page = await stage.tab(person, at);
    await pointAside(page);
    pages.push(page);
    return page;
  };
  const inMs = (ms: number): Date => new Date(Date.now() + ms);
  const plan = (
    { viewer, list }: Person,
    description: string,
    window: { availableFrom?: Date; availableUntil?: Date },
  ): Promise<Task> => createTask(viewer, { listId: list.id, description, ...window });

  it('appears by itself, is counted and announced, and leaves by itself', async () => {
    const ana = await createPerson(stage.app, 'Anke');
    await plan(ana, 'Always there', {});
    const page = await tab(ana);
    let loads = 0;
    page.on('request', () => {
      loads += 1;
    });
    const { id } = await plan(ana, 'The shop is open', { availableFrom: inMs(1500), availableUntil: inMs(600_000) });
    assert.equal(await row(page, id).count(), 0);
    await page.locator('[data-open-count]', { hasText: '1 open' }).waitFor();
    await openRow(page, id).getByText('just now').waitFor();
    await openRow(page, id)
      .getByText(/Until .*\d\d:\d\d/)
      .waitFor();
    await page.locator('[data-open-count]', { hasText: '2 open' }).waitFor();
    await page.locator('[data-announce]', { hasText: '1 new task' }).waitFor({ state: 'attached' });
    await assertCurrent(page);
    await Task.update({ availableUntil: inMs(1500) }, { where: { id }, individualHooks: true });
    await row(page, id).waitFor({ state: 'detached' });
    await page.locator('[data-open-count]', { hasText: '1 open' }).waitFor();
    await assertCurrent(page);
    assert.equal(loads, 0, 'no request was needed');
  });

  it('waits behind the button while something on the list is held', async () => {
    const ana = await createPerson(stage.app, 'Anna');
    const held = await plan(ana, 'Under the pointer', {});
    const page = await tab(ana);
    await openRow(page, held.id).hover();
    const { id } = await plan(ana, 'Not under the pointer', { availableFrom: inMs(700) });
    await waitingButton(page).getByText('1 new task').waitFor();
    assert.equal(await row(page, id).count(), 0);
    await waitingButton(page).click();
    await openRow(page, id).waitFor();
  });

  it('leaves "Scheduled", and the page of the task says so', async () => {
    const ana = await createPerson(stage.app, 'Anneke');
    const task = await plan(ana, 'Soon here', { availableFrom: inMs(HOUR) });
    const { id } = task;
    const [scheduled, shown] = [await tab(ana, '/tasks?status=scheduled'), await tab(ana, `/tasks/${String(id)}`)];
    await row(scheduled, id)
      .getByText(/From .*\d\d:\d\d/)
      .waitFor();
    await shown.getByText('This task is scheduled').waitFor();
    await editTask(task, ana.viewer, { description: 'Soon here', availableFrom: inMs(1000) }, 1);
    await row(scheduled, id).waitFor({ state: 'detached' });
    await shown.getByText('This task is scheduled').waitFor({ state: 'detached' });
  });

  it('keeps the count right on a list of several pages', async () => {
    const ana = await createPerson(stage.app, 'Anouk');
    const last = await plan(ana, 'On the second page', {});
    await Task.bulkCreate(
      Array.from({ length: 54 }, (_, n) => ({
        listId: ana.list.id,
        userId: ana.user.id,
        description: `Number ${String(n)}`,
      })),
    );
    const page = await tab(ana);
    const { id } = await plan(ana, 'On top', { availableFrom: inMs(1200) });
    await openRow(page, id).waitFor();
    await page.locator('[data-open-count]', { hasText: '56 open' }).waitFor();
    await editTask(last, ana.viewer, { description: last.description, availableUntil: inMs(1000) }, 1);
    await page.locator('[data-open-count]', { hasText: '55 open' }).waitFor();
    await assertCurrent(page, 8000);
  });

  for (const javaScriptEnabled of [true, false]) {
    it(`is planned in the form, ${javaScriptEnabled ? 'with' : 'without'} JavaScript, by the clock where the person lives`, async () => {
      const ana = await createPerson(stage.app, javaScriptEnabled ? 'Anita' : 'Annika');
      const context = await stage.window(ana, { javaScriptEnabled });
      const page = await context.newPage();
      await page.goto('/tasks/new');
      if (javaScriptEnabled) await live(page);
      await page.getByLabel('Task', { exact: true }).fill('Wrap the presents');
      const tomorrow = toLocalTime(inMs(24 * HOUR), 'Europe/Madrid');
      await page.getByLabel('Show from').fill(tomorrow);
      await page.getByLabel('Show until').fill(toLocalTime(inMs(-24 * HOUR), 'Europe/Madrid'));
      await page.getByRole('button', { name: 'Add task' }).click();
      await page.getByText('The end must be after the start').waitFor();
      assert.equal(await page.getByLabel('Show from').inputValue(), tomorrow);
      await page.getByLabel('Show until').fill('');
      await page.getByRole('button', { name: 'Add task' }).click();
      await page.locator('main').getByText('“Wrap the presents” is under “Scheduled”.').waitFor();
      await page.getByRole('link', { name: 'Show scheduled tasks' }).click();
      await page.locator('[data-rows]').getByText('Wrap the presents').click();
      await page.getByText('This task is scheduled').waitFor();
      await page.getByRole('button', { name: 'Edit' }).click();
      await eventually(
        async () => (await page.getByLabel('Show from').inputValue()) === tomorrow,
        'the form holds what was typed',
      );
      await page.getByLabel('Show from').fill('');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.waitForURL(/\/tasks\?status=scheduled/);
      await page.getByText('Wrap the presents').waitFor({ state: 'detached' });
      assert.equal((await Task.findOne({ where: { userId: ana.user.id }, rejectOnEmpty: true })).available, true);
      await context.close();
    });
  }
});
