import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildAssets } from '../../scripts/build-assets.ts';
import { projectDir } from '../../src/config/env.ts';
import { assets } from '../../src/lib/assets.ts';
import { inlineJson } from '../../src/middleware/page-locals.ts';

/** Bytes, gzipped, of script and style together. */
const LIMIT = 60_000;

suite('The first load', () => {
  test('stays light', async () => {
    if (!assets()['app.js']) await buildAssets();
    const { 'app.js': script = '', 'app.css': style = '' } = assets();
    const sizes = [script, style].map(
      (address) => gzipSync(readFileSync(path.join(projectDir, 'public', address)), { level: 9 }).length,
    );
    const all = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(all <= LIMIT, `${String(all)} bytes: script ${String(sizes[0])}, style ${String(sizes[1])}`);
  });
});

suite('The styles', () => {
  const files = filesIn('src/browser/styles', '.css');

  test('know a start and an end, no left and no right', () => {
    const sided =
      /(?:^|[\s;{])(?:(?:margin|padding|border)-(?:left|right)|left|right|float|text-align:\s*(?:left|right))\s*:?/;
    for (const file of files)
      for (const line of textOf(file).split('\n')) assert.doesNotMatch(line, sided, `${file}: ${line}`);
  });

  test('have no class that no view and no script uses', () => {
    const users = [...filesIn('views', '.pug'), ...filesIn('src/browser', '.ts'), ...filesIn('src/shared', '.ts')]
      .map(textOf)
      .join('\n');
    const classes = new Set(
      files.flatMap((file) => [...textOf(file).matchAll(/\.([a-z][\w-]*)/g)].map(([, name = '']) => name)),
    );
    const unused = [...classes].filter(
      (name) => !/^(css|scss|picocss)$/.test(name) && !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(users),
    );
    assert.deepEqual(unused, []);
  });
});

suite('The views', () => {
  const files = filesIn('views', '.pug');

  test('put nothing out unescaped but the data blocks of the layout', () => {
    const raw = files.flatMap((file) =>
      textOf(file)
        .split('\n')
        .filter((line) => /!=\s|!\{/.test(line) && !/===|!==/.test(line.replace(/^[^(]*\)!=/, '')))
        .map((line) => `${file}: ${line.trim()}`),
    );
    assert.deepEqual(raw, [
      "views/layouts/application.pug: script#messages(type='application/json')!= json(browserMessages())",
      "views/layouts/application.pug: script#categories(type='application/json')!= json(sidebar ? sidebar.categories : [])",
    ]);
  });

  test('have no style and no script of their own, which the policy forbids', () => {
    for (const file of files)
      assert.doesNotMatch(textOf(file), /\bstyle=|\bon(?:click|submit|change|input)=|^\s*style\b/m, file);
  });

  test('spread attributes only of their own mixins', () => {
    for (const file of files)
      for (const [spread] of textOf(file).matchAll(/&attributes\([^)]*\)/g))
        assert.equal(`${file} ${spread}`, 'views/shared/_fields.pug &attributes(attributes)');
  });
});

suite('Data in a page', () => {
  test('cannot end the block that it stands in, and reads as what it was', () => {
    const value = { text: '</script><script>alert(1)</script><!-- \u2028' };
    const text = inlineJson(value);
    assert.doesNotMatch(text, /</);
    assert.deepEqual(JSON.parse(text), value);
  });
});

function filesIn(folder: string, extension: string): string[] {
  return readdirSync(path.join(projectDir, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => path.join(folder, file))
    .sort();
}

function textOf(file: string): string {
  return readFileSync(path.join(projectDir, file), 'utf8');
}
