import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { Task } from '../../src/models/index.ts';
import { live, openRow, openStage, pointAside, type Stage } from '../support/browser.ts';

let stage: Stage;
let page: Page;
before(async () => {
  stage = await openStage();
  page = await stage.tab(stage.world.ana);
  await page.goto('/tasks');
  await live(page);
  await pointAside(page);
});
after(() => stage.close());

const links = async (within: Locator): Promise<[text: string, href: string, rel: string][]> =>
  Promise.all(
    (await within.locator('a').all()).map(async (a): Promise<[string, string, string]> => [
      (await a.textContent()) ?? '',
      (await a.getAttribute('href')) ?? '',
      (await a.getAttribute('rel')) ?? '',
    ]),
  );

describe('Addresses in a title', () => {
  it('are links in the row as it arrives and as it is loaded, and the rest leads to the task', async () => {
    const id = await stage.write(
      stage.world.ana,
      'Read https://example.com/a?b=1&c=<2> and mail to ana@bücher.example.',
    );
    const line = openRow(page, id).locator('.line');
    await line.waitFor();
    const task = `/tasks/${String(id)}`;
    const expected = [
      ['https://example.com/a?b=1&c=', 'https://example.com/a?b=1&c='],
      ['ana@bücher.example', 'mailto:ana@b'],
    ] as const;
    for (const how of ['live', 'loaded']) {
      const found = await links(line);
      for (const [text, href] of expected) {
        const link = found.find(([shown]) => shown === text);
        assert.ok(link, `${how}: ${JSON.stringify(found)}`);
        assert.ok(link[1].startsWith(href), link[1]);
        assert.equal(link[2], 'noopener');
      }
      assert.ok(
        found.some(([text, href]) => text.startsWith('Read') && href.startsWith(task)),
        how,
      );
      await page.reload();
      await live(page);
    }
    await line.locator('a', { hasText: 'Read' }).click();
    await page.waitForURL((url) => url.pathname === task);
    assert.ok((await links(page.locator('h1.line'))).some(([, href]) => href.startsWith('https://example.com/')));
    await page.goto('/tasks');
  });

  it('leave a way to the task where a title is nothing else', async () => {
    const id = await stage.write(stage.world.ana, 'https://example.com/only');
    const found = await links(openRow(page, id).locator('.line'));
    assert.deepEqual(found.map(([text]) => text).sort(), ['Details', 'https://example.com/only']);
  });

  it('are no links with any other scheme, nor where only a file or version is named', async () => {
    for (const title of [
      'javascript:alert(1)//example.com',
      'data:text/html,<b>x</b>',
      'ftp://example.com/file',
      'file:///etc/passwd',
      'notes.md and v1.5.2 of app.py',
      '//example.com/path',
      'vbscript:x@y',
    ]) {
      const id = await stage.write(stage.world.ana, title);
      const row = openRow(page, id);
      await row.waitFor();
      const outward = (await links(row.locator('.text'))).filter(([, href]) => !href.startsWith('/tasks/'));
      assert.deepEqual(
        outward.filter(([, href]) => !/^mailto:x@y$/.test(href)),
        [],
        title,
      );
    }
  });

  it('are links in the notes, line by line', async () => {
    const notes = 'See http://example.com/x.\n<https://example.org/(y)>\nmailto:bob@example.com';
    const id = await stage.write(stage.world.ana, 'With notes', { notes });
    await page.goto(`/tasks/${String(id)}`);
    const text = page.locator('.text-as-typed');
    assert.equal(await text.textContent(), notes);
    assert.deepEqual(
      (await links(text)).map(([, href, rel]) => [href, rel]),
      [
        ['http://example.com/x', 'noopener'],
        ['https://example.org/(y)', 'noopener'],
        ['mailto:bob@example.com', 'noopener'],
      ],
    );
    await page.goto('/tasks');
  });
});

describe('Combining marks without end', () => {
  it('stay inside their row', async () => {
    const { ana } = stage.world;
    const below = await stage.write(ana, 'Below');
    const middle = await stage.write(ana, 'Stack');
    const above = await stage.write(ana, 'Above');
    await page.goto('/tasks');
    await pointAside(page);
    const seen = (): Promise<Buffer[]> =>
      Promise.all(
        [above, below].map((id) => openRow(page, id).locator('.line').screenshot({ animations: 'disabled' })),
      );
    const before = await seen();
    const marks = '\u0300\u0316\u0334\u0489'.repeat(30);
    await Task.update({ description: `S${marks}t${marks}a` }, { where: { id: middle } });
    await page.reload();
    await pointAside(page);
    const after = await seen();
    assert.ok(
      before.every((picture, n) => after[n]?.equals(picture)),
      'the rows beside it look the same',
    );
  });
});

describe('A search', () => {
  it('typed key by key marks what it finds, in any order and without accents', async () => {
    const { ana } = stage.world;
    const id = await stage.write(ana, 'Llamar al médico de Zürich', { notes: 'Número: 555 – preguntar por María' });
    const field = page.locator('header input[type=search]:visible').first();
    await field.click();
    await field.pressSequentially('zurich medico MARIA');
    await field.press('Enter');
    await page.waitForURL((url) => url.searchParams.has('q'));
    const row = openRow(page, id);
    await row.waitFor();
    assert.deepEqual(await row.locator('.line mark').allTextContents(), ['médico', 'Zürich']);
    assert.deepEqual(await row.locator('.excerpt mark').allTextContents(), ['María']);
  });
});
