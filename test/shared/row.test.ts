import assert from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { build } from 'esbuild';
import pug from 'pug';
import { pugPartials } from '../../scripts/build-assets.ts';
import { projectDir } from '../../src/config/env.ts';
import { translators } from '../../src/locales/index.ts';
import { locales } from '../../src/shared/limits.ts';
import { rowOf, type RowContext } from '../../src/shared/row.ts';
import { aTask } from './build-task.ts';

const partial = path.join(projectDir, 'views/tasks/_row.pug');
const print = { id: 3, listId: 1, name: { original: 'print', es: 'imprenta' }, color: 'red' } as const;

const context = (some: Partial<RowContext> = {}): RowContext => ({
  t: translators[some.locale ?? 'en'],
  locale: 'en',
  timeZone: 'Europe/Madrid',
  now: new Date('2026-11-21T09:00:00Z'),
  categories: new Map(),
  viewerId: 1,
  ...some,
});

suite('A row', () => {
  test('is rendered identically by page and server', async () => {
    const onServer = pug.compileFile(partial);
    const inPage = await bundledPartial();
    const tasks = [
      aTask(),
      aTask({ description: '<script>alert(1)</script> "quoted" & \u202eturned\u202c 👩‍👩‍👧 مرحبا', notes: 'x' }),
      aTask({ completedAt: '2026-11-21T08:30:00.000Z', dueOn: '2026-11-01' }),
      aTask({
        dueOn: '2026-11-19',
        priority: 3,
        categories: [print],
        user: { id: 2, name: '<Bob>' },
        assignee: { id: 1, name: ' <émile>' },
      }),
      aTask({
        availableFrom: '2026-11-27T13:05:00.000Z',
        availableUntil: '2027-01-04T08:00:00.000Z',
        available: false,
      }),
    ];
    for (const locale of locales) {
      for (const task of tasks) {
        for (const live of [false, true]) {
          const some = context({ locale, live });
          const locals = { row: rowOf(task, some), t: some.t };
          assert.equal(inPage(locals), onServer(locals));
        }
      }
    }
  });

  test('escapes all user text', () => {
    const description = '"><script>alert(1)</script>';
    const html = pug.compileFile(partial)({
      row: rowOf(
        aTask({ description, user: { id: 2, name: description }, assignee: { id: 3, name: description } }),
        context(),
      ),
      t: context().t,
    });
    assert.doesNotMatch(html, /<script/);
    assert.match(html, /<bdi>&quot;&gt;&lt;script&gt;/);
  });

  test('has the current names and colours of categories, in the viewer’s language', () => {
    const now = new Map([[3, { ...print, name: { original: 'paper' }, color: 'blue' as const }]]);
    const chips = (some: Partial<RowContext>) => rowOf(aTask({ categories: [print] }), context(some)).categories;
    assert.deepEqual(chips({ categories: now }), [{ id: 3, name: 'paper', color: 'blue' }]);
    assert.deepEqual(chips({ locale: 'es' }), [{ id: 3, name: 'imprenta', color: 'red' }]);
    assert.deepEqual(chips({ locale: 'ar' }), [{ id: 3, name: 'print', color: 'red' }]);
  });

  test('is highlighted only if it has just arrived and is open', () => {
    assert.equal(rowOf(aTask(), context({ live: true })).state, 'new');
    assert.equal(rowOf(aTask(), context()).state, 'open');
    assert.equal(rowOf(aTask({ completedAt: '2026-11-21T08:30:00.000Z' }), context({ live: true })).state, 'done');
  });

  test('shows availableFrom while waiting, availableUntil while available, and neither when done', () => {
    const window = { availableFrom: '2026-11-27T13:05:00.000Z', availableUntil: '2026-11-28T13:05:00.000Z' };
    const times = (attributes: Parameters<typeof aTask>[0]) =>
      rowOf(aTask({ ...window, ...attributes }), context()).times;
    assert.deepEqual(times({ available: false }), ['From Fri 27 Nov, 14:05', 'Until Sat 28 Nov, 14:05']);
    assert.deepEqual(times({}), ['Until Sat 28 Nov, 14:05']);
    assert.deepEqual(times({ availableUntil: null }), []);
    assert.deepEqual(times({ available: false, completedAt: '2026-11-21T08:30:00.000Z' }), []);
  });

  test('shows its author to others', () => {
    assert.equal(rowOf(aTask({ user: { id: 1, name: 'Ana' } }), context()).author, null);
    assert.equal(rowOf(aTask({ user: { id: 2, name: 'Bob' } }), context()).author, 'Bob');
    assert.equal(rowOf(aTask({ user: null }), context()).author, null);
  });

  test('shows the assignee’s initial and name, and the list if lists are mixed', () => {
    assert.deepEqual(rowOf(aTask({ assignee: { id: 1, name: ' émile' } }), context()).assignee, {
      name: ' émile',
      initial: 'É',
    });
    assert.equal(rowOf(aTask(), context()).assignee, null);
    assert.equal(rowOf(aTask({ listId: 4 }), context({ lists: new Map([[4, 'The house']]) })).list, 'The house');
    assert.equal(rowOf(aTask({ listId: 4 }), context()).list, null);
    const html = pug.compileFile(partial)({
      row: rowOf(aTask({ assignee: { id: 2, name: 'Bob' } }), context()),
      t: context().t,
    });
    assert.match(html, /Assigned to\s<bdi>Bob<\/bdi>/);
  });

  test('is not late when it is done', () => {
    assert.deepEqual(rowOf(aTask({ dueOn: '2026-11-19' }), context()).due, { text: '2 days late', late: true });
    assert.equal(rowOf(aTask({ dueOn: '2026-11-19', completedAt: '2026-11-21T08:30:00.000Z' }), context()).due, null);
  });
});

/** The partial as compiled for the page. */
async function bundledPartial(): Promise<(locals: object) => string> {
  const { outputFiles } = await build({
    entryPoints: [partial],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    absWorkingDir: projectDir,
    plugins: [pugPartials],
  });
  const source = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  const { default: render } = (await import(`data:text/javascript;base64,${source}`)) as {
    default: (locals: object) => string;
  };
  return render;
}
