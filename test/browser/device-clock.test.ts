import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dayIn } from '../../src/shared/format.ts';
import { assertCurrent, doneRow, live, openRow, openStage, pointAside, type Stage } from '../support/browser.ts';
import { createPerson } from '../support/world.ts';

const DAY_MS = 86_400_000;

describe('On a device whose clock is wrong', () => {
  let stage: Stage;

  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  for (const { name, days, zone } of [
    { name: 'three days ahead', days: 3, zone: 'Europe/Madrid' },
    { name: 'two days behind', days: -2, zone: 'Pacific/Auckland' },
    { name: 'years behind, as without a battery', days: -9000, zone: 'America/Los_Angeles' },
  ]) {
    it(`that is ${name}, live rows and "Done today" go by the server's day in the person's zone`, async () => {
      const person = await createPerson(stage.app, `Clock${String(days)}`);
      await person.user.update({ timeZone: zone });
      const window = await stage.window(person);
      await window.addInitScript(`(() => {
        const Real = Date;
        const ahead = ${String(days * DAY_MS)};
        globalThis.Date = class extends Real {
          constructor(...given) {
            super(...(given.length > 0 ? given : [Real.now() + ahead]));
          }
          static now() {
            return Real.now() + ahead;
          }
        };
      })()`);
      const page = await window.newPage();
      await page.goto('/tasks');
      await live(page);
      await pointAside(page);
      const today = dayIn(zone, new Date());
      const id = await stage.write(person, 'due on this day', { dueOn: today });
      await openRow(page, id).getByText('Today', { exact: true }).waitFor();
      // From a page that the browser kept.
      await page.locator('[data-sidebar] a[href="/inbox"]').click();
      await page.waitForURL('**/inbox');
      await page.goBack();
      await live(page);
      const late = await stage.write(person, 'due before', { dueOn: dayIn(zone, new Date(Date.now() - DAY_MS)) });
      await openRow(page, late).getByText('1 day late').waitFor();
      await person.client.post(`/tasks/${String(late)}/completion`);
      await doneRow(page, late).waitFor();
      await assertCurrent(page);
      assert.equal(await openRow(page, id).count(), 1);
      await page.close();
    });
  }
});
