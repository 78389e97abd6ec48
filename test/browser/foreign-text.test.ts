import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { Category } from '../../src/models/index.ts';
import { live, openRow, openStage, pointAside, type Stage } from '../support/browser.ts';
import { createPerson, type Person } from '../support/world.ts';

/** Each would set `window.hit`, or break out of where it stands, if any page took it for more than a text. */
const payloads = [
  '<script>window.hit = 1</script>',
  '"><img src=x onerror="window.hit = 1">',
  "'><svg/onload=window.hit=1>",
  '</script><script>window.hit = 1</script>',
  '<!--<script>window.hit = 1</script>-->',
  '</title></textarea></style><img src=x onerror=window.hit=1>',
  '<a href="javascript:window.hit=1">press</a>',
  'javascript:window.hit=1',
  '{{constructor.constructor("window.hit=1")()}} #{window.hit=1} !{window.hit=1} ${window.hit=1}',
  '<iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
  '\u202Egnirts desrever\u202C and \u2066isolated\u2069',
  '&lt;b&gt; &amp; &quot; &#39; {{count}} $t(live.reconnecting)',
];

describe('A text that looks like code', () => {
  let stage: Stage;
  let page: Page;
  let mallory: Person;

  before(async () => {
    stage = await openStage();
    mallory = await createPerson(stage.app, 'Mallory');
    await mallory.user.update({ name: payloads[1] });
    mallory = await stage.world.signIn(mallory);
    page = await stage.tab(mallory);
    await pointAside(page);
    page.on('dialog', (dialog) => {
      stage.errors.push(`dialog: ${dialog.message()}`);
    });
  });
  after(() => stage.close());

  const assertUnharmed = async (where: string): Promise<void> => {
    assert.equal(await page.evaluate('window.hit'), undefined, where);
    assert.equal(
      await page.locator('main :is(script, iframe, img, [onerror], [onload], a[href^="javascript"])').count(),
      0,
      where,
    );
    assert.deepEqual(stage.errors, [], where);
  };

  for (const payload of payloads) {
    it(`stays a text everywhere: ${payload.slice(0, 40)}`, async () => {
      await page.goto('/tasks');
      await live(page);
      await mallory.client.post('/categories', { name: payload.slice(0, 60), color: 'red' });
      const category = await Category.findOne({
        where: { listId: mallory.list.id },
        order: [['id', 'DESC']],
        rejectOnEmpty: true,
      });
      const id = await stage.write(mallory, payload, { notes: payload, categoryIds: String(category.id) });

      await openRow(page, id).waitFor();
      assert.equal(await openRow(page, id).locator('.line').textContent(), payload, 'as it arrives live');
      assert.equal(await openRow(page, id).locator('.chip').textContent(), payload.slice(0, 60).trim());
      await assertUnharmed('as it arrives live');
      const arrived = await openRow(page, id).locator('button').getAttribute('aria-label');
      assert.ok(arrived?.endsWith(payload), arrived ?? '');

      for (const path of [
        '/tasks',
        `/tasks/${String(id)}`,
        `/tasks/${String(id)}/edit`,
        `/tasks?q=${encodeURIComponent(payload)}`,
        `/tasks?category=${String(category.id)}`,
        '/categories',
        `/categories/${String(category.id)}/edit`,
        '/settings',
      ]) {
        await page.goto(path);
        await live(page);
        await assertUnharmed(path);
        if (path === '/tasks')
          assert.equal(
            await openRow(page, id).locator('button').getAttribute('aria-label'),
            arrived,
            'in the same words',
          );
      }
      await page.goto(`/tasks/${String(id)}`);
      assert.equal(await page.locator('h1').textContent(), payload);
      assert.ok((await page.title()).startsWith(payload.slice(0, 10).trim()), 'also in the title');

      await page.goto(`/tasks/${String(id)}/edit`);
      await mallory.client.patch(`/tasks/${String(id)}`, {
        description: `${payload} `.slice(0, 400) + 'again',
        notes: payload,
        textRevision: '1',
      });
      await page.locator('[data-editor] [name="description"]').fill(`${payload} mine`);
      await page.locator('[data-editor] [type="submit"]').click();
      await page.locator('.theirs').first().waitFor();
      await assertUnharmed('where two texts are compared');
      await page.locator('.actions a').last().click();
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.locator('[data-flash]').waitFor();
      assert.ok(
        (await page.locator('[data-flash]').textContent())?.includes(payload.trim()),
        'in a notice word for word',
      );
      await assertUnharmed('in a notice');
      await page.goto('/trash');
      await assertUnharmed('in the trash');
    });
  }
});
