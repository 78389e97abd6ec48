import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { doneRow, eventually, knot, live, openRow, openStage, pointAside, type Stage } from '../support/browser.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  describe(`With the forced colours of a ${colorScheme} system`, () => {
    let stage: Stage;
    let page: Page;
    let open: number;
    let done: number;

    before(async () => {
      stage = await openStage();
      const { ana } = stage.world;
      open = await stage.write(ana, 'still open');
      done = await stage.write(ana, 'done already');
      await ana.client.post(`/tasks/${String(done)}/completion`);
      page = await (await stage.window(ana, { forcedColors: 'active', colorScheme })).newPage();
      await page.goto('/tasks');
      await live(page);
      await pointAside(page);
      await openRow(page, open).waitFor();
      await doneRow(page, done).waitFor();
    });
    after(() => stage.close());

    const style = (selector: string, pseudo: string, property: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}'), '${pseudo}')['${property}']`);

    it('only a done task has a tick', async () => {
      assert.equal(await style('.open .knot', '::after', 'visibility'), 'hidden');
      assert.equal(await style('.done .knot', '::after', 'visibility'), 'visible');
      const [tick, circle] = [
        await style('.done .knot', '::after', 'borderBottomColor'),
        await style('.done .knot', '', 'backgroundColor'),
      ];
      assert.notEqual(tick, circle);
    });

    it('the line that the tasks stand on is seen', async () => {
      const paper = await style('body', '', 'backgroundColor');
      for (const selector of ['#open-tasks', 'form.add', '[data-waiting]'])
        assert.notEqual(
          await style(selector === '[data-waiting]' ? '.waiting' : selector, '::before', 'backgroundColor'),
          paper,
          selector,
        );
    });

    it('what has the focus of the keyboard has a ring', async () => {
      const paper = await style('body', '', 'backgroundColor');
      await page.locator('[data-quick-add] [name="description"]').focus();
      const rings = new Map<string, string>();
      for (let step = 0; step < 5; step += 1) {
        await page.keyboard.press('Tab');
        const [name, ring] = await page.evaluate<[string, string]>(`(() => {
          const focus = document.activeElement;
          const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(focus);
          return [focus.getAttribute('aria-label') ?? focus.textContent.trim(), [outlineStyle, outlineWidth, outlineColor].join(' ')];
        })()`);
        rings.set(name, ring);
      }
      assert.ok(rings.size > 3);
      for (const [name, ring] of rings) {
        assert.match(ring, /^(solid|auto) [23]px/, name);
        assert.ok(!ring.endsWith(paper), name);
      }
      await knot(page, open).focus();
      await eventually(
        async () => (await style('.open .knot', '::after', 'visibility')) === 'visible',
        'what a press does',
      );
    });
  });
}

describe('The links of the pages before signing in', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  for (const path of ['/login', '/register', '/password-resets/new']) {
    it(`are at least 24 px high and wide on ${path}`, async () => {
      const page = await stage.tab(null, path);
      const links = await page.locator('a:visible:not(.skip)').all();
      assert.ok(links.length > 1);
      for (const link of links) {
        const { width, height } = (await link.boundingBox())!;
        assert.ok(Math.min(width, height) >= 24, `${await link.innerText()}: ${String(width)} × ${String(height)}`);
      }
      await page.close();
    });
  }
});
