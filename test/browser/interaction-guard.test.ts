import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import {
  doneRow,
  eventually,
  knot,
  openRow,
  openStage,
  pointAside,
  quickAdd,
  row,
  waitingButton,
  assertCurrent,
  type Stage,
} from '../support/browser.ts';
import { createPerson, type Person } from '../support/world.ts';

describe('Nothing moves', () => {
  let stage: Stage;
  let person: Person;
  let page: Page;
  let ids: number[];
  let made = 0;

  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());
  afterEach(() => page.close());

  /** A list of five, the newest first, that somebody looks at. */
  const openList = async (): Promise<void> => {
    made += 1;
    person = await createPerson(stage.app, `Looker${String(made)}`);
    ids = [];
    for (const word of ['five', 'four', 'three', 'two', 'one'])
      ids.unshift(await stage.write(person, `Number ${word}`));
    page = await stage.tab(person);
    await pointAside(page);
  };
  const at = (index: number): number => ids[index] ?? assert.fail(`there is no task ${String(index)}`);

  it('under the pointer: a new row waits behind the button, until it is pressed', async () => {
    await openList();
    await openRow(page, at(1)).hover();
    const place = await holdStill(openRow(page, at(1)));
    const id = await stage.write(person, 'Meanwhile');
    await waitingButton(page).filter({ hasText: '1 new task' }).waitFor();
    await stage.write(person, 'And then');
    await waitingButton(page).filter({ hasText: '2 new tasks' }).waitFor();
    await place.unchanged();
    assert.equal(await openRow(page, id).count(), 0);
    await waitingButton(page).hover();
    await twoFrames(page);
    assert.equal(await openRow(page, id).count(), 0, 'the button stays for whoever goes for it');
    await waitingButton(page).click();
    await openRow(page, id).waitFor();
    assert.equal(await waitingButton(page).isVisible(), false);
    await assertCurrent(page);
  });

  it('under the pointer: what waits comes when the pointer leaves', async () => {
    await openList();
    await openRow(page, at(3)).hover();
    const id = await stage.write(person, 'Meanwhile');
    await waitingButton(page).waitFor();
    await pointAside(page);
    await openRow(page, id).waitFor();
    assert.equal(await waitingButton(page).isVisible(), false);
  });

  it('under the pointer: a task done elsewhere shows it in place, and moves later', async () => {
    await openList();
    await openRow(page, at(3)).hover();
    const place = await holdStill(openRow(page, at(3)));
    await person.client.post(`/tasks/${String(at(1))}/completion`);
    await page.locator(`[data-rows="open"] > .done[data-task="${String(at(1))}"]`).waitFor();
    await place.unchanged();
    await pointAside(page);
    await doneRow(page, at(1)).waitFor();
    await assertCurrent(page);
  });

  it('under the pointer: a task deleted elsewhere shows it in place, and goes later', async () => {
    await openList();
    await openRow(page, at(3)).hover();
    const place = await holdStill(openRow(page, at(3)));
    await person.client.delete(`/tasks/${String(at(0))}`);
    await page.locator(`[data-gone][data-task="${String(at(0))}"]`).waitFor();
    await place.unchanged();
    await pointAside(page);
    await row(page, at(0)).waitFor({ state: 'detached' });
    await assertCurrent(page);
  });

  it('under the pointer: a text that grows by lines elsewhere waits, one that fits is shown', async () => {
    await openList();
    await openRow(page, at(3)).hover();
    const place = await holdStill(openRow(page, at(3)));
    await person.client.patch(`/tasks/${String(at(1))}`, { description: 'so long '.repeat(50), textRevision: '1' });
    await person.client.patch(`/tasks/${String(at(2))}`, { description: 'As short', textRevision: '1' });
    await row(page, at(2)).getByText('As short').waitFor();
    await place.unchanged();
    await pointAside(page);
    await row(page, at(1)).getByText('so long').waitFor();
    await assertCurrent(page);
  });

  it('under the focus of the keyboard, and nothing is lost that has it', async () => {
    await openList();
    await quickAdd(page).focus();
    for (let steps = 0; steps < 30 && !(await openRow(page, at(2)).locator('a:focus').count()); steps += 1)
      await page.keyboard.press('Tab');
    const place = await holdStill(openRow(page, at(2)));
    const id = await stage.write(person, 'Meanwhile');
    await waitingButton(page).waitFor();
    await place.unchanged();
    await person.client.patch(`/tasks/${String(at(2))}`, { description: 'Changed under the focus', textRevision: '1' });
    await row(page, at(2)).getByText('Changed under the focus').waitFor();
    assert.equal(await openRow(page, at(2)).locator('a:focus').count(), 1);
    await quickAdd(page).focus();
    await openRow(page, id).waitFor();
  });

  it('under a filtered list: it says that it has changed, and shows it when asked', async () => {
    await openList();
    await page.goto('/tasks?q=number');
    await openRow(page, at(2)).hover();
    const place = await holdStill(openRow(page, at(2)));
    const id = await stage.write(person, 'Number six');
    await waitingButton(page).waitFor();
    await place.unchanged();
    await waitingButton(page).click();
    await openRow(page, id).waitFor();
  });

  it('further down: a row that comes in above leaves in its place what is being read', async () => {
    await openList();
    // Longer than what stands beside it: at the end of the page there is nowhere to scroll to.
    for (const word of ['six', 'seven', 'eight', 'nine', 'ten'])
      await openRow(page, await stage.write(person, `Number ${word}`)).waitFor();
    await page.setViewportSize({ width: 1200, height: 300 });
    await page.evaluate(`document.querySelector('[data-task="${String(at(4))}"]').scrollIntoView({ block: 'start' })`);
    await twoFrames(page);
    const before = (await openRow(page, at(4)).boundingBox())!.y;
    const id = await stage.write(person, 'Above');
    await openRow(page, id).waitFor({ state: 'attached' });
    await eventually(
      async () => Math.abs((await openRow(page, at(4)).boundingBox())!.y - before) < 2,
      'the row where it was',
    );
  });

  it('in an open editor: a note says that the task changed elsewhere, and both texts are shown on saving', async () => {
    await openList();
    await page.goto(`/tasks/${String(at(0))}/edit`);
    await page.locator('body[data-realtime="live"]').waitFor({ state: 'attached' });
    const text = page.locator('[data-editor] [name="description"]');
    await text.fill('My own words');
    await person.client.patch(`/tasks/${String(at(0))}`, { description: 'Their words', textRevision: '1' });
    await page.locator('[data-changed-elsewhere]').waitFor();
    assert.equal(await text.inputValue(), 'My own words');
    await page.locator('[data-editor] [type="submit"]').click();
    await page.locator('.theirs', { hasText: 'Their words' }).waitFor();
    await page.locator('.mine', { hasText: 'My own words' }).waitFor();
    await page.locator('[data-editor] [type="submit"]').click();
    await page.getByRole('heading', { name: 'My own words' }).waitFor();
  });

  it('in an open editor: no note for what leaves the text as it is', async () => {
    await openList();
    await page.goto(`/tasks/${String(at(0))}/edit`);
    await page.locator('body[data-realtime="live"]').waitFor({ state: 'attached' });
    await person.client.post(`/tasks/${String(at(0))}/completion`);
    await eventually(
      async () => /"version":6/.test((await page.locator('main').getAttribute('data-positions')) ?? ''),
      'the event has come',
    );
    assert.equal(await page.locator('[data-changed-elsewhere]').isVisible(), false);
  });

  it('but what the person does at this tab moves at once, also under the pointer, and a double click does it once', async () => {
    await openList();
    await knot(page, at(0)).dblclick({ delay: 30 });
    await doneRow(page, at(0)).waitFor();
    await pointAside(page);
    await assertCurrent(page);
    assert.equal(
      await page.locator('[data-rows="done"] > [data-task]').count(),
      1,
      'the row that moved under the pointer is not done',
    );
  });
});

/** Whatever a movement of the pointer sets going has gone by then. */
const twoFrames = (page: Page): Promise<unknown> =>
  page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');

/** Remembers where something stands on the screen. */
async function holdStill(thing: Locator): Promise<{ unchanged(): Promise<void> }> {
  const before = await thing.boundingBox();
  return {
    async unchanged() {
      assert.deepEqual(await thing.boundingBox(), before);
    },
  };
}
