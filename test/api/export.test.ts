import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { Category, Task } from '../../src/models/index.ts';
import type { MergeDoc } from '../../src/transfer/merge/options.ts';
import { priorities } from '../../src/shared/limits.ts';
import { manyLines, oneLine } from '../../src/schemas/shared.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createPerson, createWorld, type Person, type World } from '../support/world.ts';
import { createTask, moveToTrash, purgeTask } from '../../src/models/task/commands.ts';
import { mergeTasks } from '../../src/transfer/merge/index.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp({ rateLimits: false });
  world = await createWorld(app);
});
after(() => app.close());

interface Exported {
  format: string;
  version: number;
  list: { id: number; key: string };
  categories: { name: object; color: string }[];
  tasks: ({ id: number; description: string; deletedAt: string | null; categories: string[] } & Record<
    string,
    unknown
  >)[];
}
interface Imported {
  insert: object[];
  update: object[];
  unchanged: number;
  skip: { reason: string }[];
  wrong: object[];
  categories: string[];
}

let people = 0;
const newPerson = (): Promise<Person> => createPerson(app, `person${String(++people)}`);
const fill = (person: Person, docs: MergeDoc[]) =>
  mergeTasks(person.viewer, { listId: person.list.id, provider: 'desk', docs });
const exported = async (program: Program, query: Record<string, string> = {}) =>
  (await program.get<Exported>('/export', query)).body;
const csvOf = async (program: Program, query: Record<string, string> = {}) =>
  (await program.get<string>('/export', { ...query, format: 'csv' })).body;
const importInto = (
  program: Program,
  body: string,
  type: 'application/json' | 'text/csv',
  query: Record<string, string> = {},
) => program.ask<Imported>('POST', '/import', { body, query, headers: { 'content-type': type } });

/** The content of a list, without ids and times. */
async function contentsOf(person: Person): Promise<unknown> {
  const tasks = await Task.findAll({ where: { listId: person.list.id }, include: ['categories'], order: ['id'] });
  return tasks.map(
    ({
      description,
      notes,
      completedAt,
      dueOn,
      priority,
      position,
      availableFrom,
      availableUntil,
      categories = [],
    }) => ({
      description,
      notes,
      completedAt,
      dueOn,
      priority,
      position,
      availableFrom,
      availableUntil,
      categories: categories.map(({ name, color }) => JSON.stringify([name, color])).sort(),
    }),
  );
}

describe('GET /export', () => {
  it('returns a list with all languages and colours, and the trash on request', async () => {
    const ana = await newPerson();
    const program = await programOf(app, ana);
    await fill(ana, [
      {
        externalId: '1',
        description: 'Paint',
        categories: [{ name: { original: 'Home', es: 'Casa' }, color: 'teal' }],
        completed: true,
      },
      { externalId: '2', description: 'Gone' },
    ]);
    await moveToTrash((await Task.findOne({ where: { description: 'Gone', listId: ana.list.id } }))!, ana.viewer);
    const answer = await program.get<Exported>('/export');
    assert.match(
      answer.headers.get('content-disposition') ?? '',
      /^attachment; filename="taskwire-\d{4}-\d\d-\d\d\.json"$/,
    );
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const { format, version, list, categories, tasks } = answer.body;
    assert.deepEqual(
      { format, version, listId: list.id, categories },
      {
        format: 'taskwire',
        version: 1,
        listId: ana.list.id,
        categories: [{ name: { original: 'Home', es: 'Casa' }, color: 'teal' }],
      },
    );
    assert.deepEqual(
      tasks.map((task) => ({
        description: task.description,
        completed: task.completed,
        categories: task.categories,
        externalId: task.externalId,
      })),
      [{ description: 'Paint', completed: true, categories: ['Home'], externalId: '1' }],
    );
    assert.deepEqual(
      (await exported(program, { trash: 'true' })).tasks.map(({ description, deletedAt }) => [
        description,
        deletedAt !== null,
      ]),
      [
        ['Gone', true],
        ['Paint', false],
      ],
    );
  });

  it('A38: returns CSV without formulas, with the attribute names as its header', async () => {
    const ana = await newPerson();
    await fill(ana, [
      {
        externalId: '1',
        description: '=HYPERLINK("http://evil.example")',
        notes: '@SUM(1)\nmore',
        order: -2,
        categories: [{ name: { original: '+home, "sweet"; home' } }],
      },
    ]);
    const text = await csvOf(await programOf(app, ana));
    const [header = [], row = []] = parse(text.replace(/^\ufeff/, ''));
    const cell = (name: string): string | undefined => row[header.indexOf(name)];
    assert.deepEqual(header.slice(0, 3), ['id', 'description', 'notes']);
    assert.deepEqual(['description', 'notes', 'order', 'categories', 'completed', 'dueOn'].map(cell), [
      '\'=HYPERLINK("http://evil.example")',
      "'@SUM(1)\nmore",
      '-2',
      '\'+home\\, "sweet"\\; home',
      'false',
      '',
    ]);
  });

  it('A16: returns nobody else’s list, and nothing without a token', async () => {
    const eve = await programOf(app, world.eve);
    for (const listId of [world.ana.list.id, 2 ** 31 - 1])
      assertProblem(await eve.get('/export', { listId: String(listId) }), { status: 404, code: 104 });
    assertProblem(await eve.get('/export', { format: 'xml', trash: 'yes', x: '1' }), {
      status: 400,
      code: 105,
      paths: ['format', 'trash', 'x'],
    });
    assert.equal((await fetch(`${app.url}/api/v1/export`)).status, 401);
  });

  it('streams a long list in batches, in the order of its page, without gaps or duplicates', async () => {
    const ana = await newPerson();
    await fill(
      ana,
      Array.from({ length: 650 }, (_, n) => ({ externalId: String(n), description: `Task ${String(n)}` })),
    );
    const { tasks } = await exported(await programOf(app, ana));
    assert.deepEqual(
      tasks.map(({ externalId }) => Number(externalId)),
      Array.from({ length: 650 }, (_, n) => 649 - n),
    );
  });
});

const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.constantFrom(
      '=1+1',
      "'=1",
      '-1',
      '<script>alert(1)</script>',
      '"quoted", with; all\tof it',
      'two\nlines',
      '__proto__',
      '\u202eback',
      '\\',
      'a\\,b',
    ),
  )
  .map((one) => manyLines(one).trim())
  .filter((one) => one !== '' && !/[\0\p{Surrogate}]/u.test(one));
/** All inputs turn titles and names into one line. */
const title = text.map(oneLine);
const moment = fc.date({ min: new Date('2001-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const doc = fc.record({
  description: title,
  notes: fc.option(text),
  completedAt: fc.option(moment),
  dueOn: fc.option(moment.map((time) => time.toISOString().slice(0, 10))),
  priority: fc.constantFrom(...priorities),
  order: fc.option(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map((order) => order + 0),
  ),
  availableFrom: fc.option(moment),
  categories: fc.uniqueArray(
    title
      .map((original) => original.slice(0, 30).trim())
      .filter((name) => name !== '')
      .map((original) => ({ name: { original } })),
    { maxLength: 3, selector: ({ name }) => name.original.toLowerCase() },
  ),
});

describe('an export', () => {
  it('imports identically into another list, as JSON and as CSV, and is idempotent', () =>
    fc.assert(
      fc.asyncProperty(fc.array(doc, { minLength: 1, maxLength: 6 }), async (docs) => {
        const [ana, bob, eve] = [await newPerson(), await newPerson(), await newPerson()];
        await fill(
          ana,
          docs.map((one, index) => ({ ...one, externalId: String(index) })),
        );
        const [anaClient, bobClient, eveClient] = [
          await programOf(app, ana),
          await programOf(app, bob),
          await programOf(app, eve),
        ];
        const original = await contentsOf(ana);
        const json = JSON.stringify(await exported(anaClient));
        const csv = await csvOf(anaClient);
        for (const [program, person, file, type] of [
          [bobClient, bob, json, 'application/json'],
          [eveClient, eve, csv, 'text/csv'],
        ] as const) {
          const { status, body } = await importInto(program, file, type);
          assert.equal(status, 200, JSON.stringify(body));
          assert.deepEqual(
            {
              inserted: body.insert.length,
              updated: body.update.length,
              unchanged: body.unchanged,
              skipped: body.skip.length,
              wrong: body.wrong.length,
            },
            { inserted: docs.length, updated: 0, unchanged: 0, skipped: 0, wrong: 0 },
          );
          assert.deepEqual(await contentsOf(person), original);
          const again = await importInto(program, file, type);
          assert.deepEqual(
            {
              inserted: again.body.insert.length,
              updated: again.body.update.length,
              unchanged: again.body.unchanged,
              categories: again.body.categories,
            },
            { inserted: 0, updated: 0, unchanged: docs.length, categories: [] },
          );
        }
      }),
      { numRuns: 25 },
    ));

  it('restores all languages and colours of its categories', async () => {
    const [ana, bob] = [await newPerson(), await newPerson()];
    await fill(ana, [
      {
        externalId: '1',
        description: 'Paint',
        categories: [{ name: { original: 'Home', es: 'Casa', 'zh-Hans': '家' }, color: 'pink' }],
      },
    ]);
    await importInto(
      await programOf(app, bob),
      JSON.stringify(await exported(await programOf(app, ana))),
      'application/json',
    );
    const [category] = await Category.findAll({ where: { listId: bob.list.id } });
    assert.deepEqual(
      { name: category?.name, color: category?.color },
      { name: { original: 'Home', es: 'Casa', 'zh-Hans': '家' }, color: 'pink' },
    );
  });

  it('is not imported again into its own list, and tasks from the trash are skipped', async () => {
    const ana = await newPerson();
    const program = await programOf(app, ana);
    await createTask(ana.viewer, { listId: ana.list.id, description: 'By hand' });
    const purged = await createTask(ana.viewer, { listId: ana.list.id, description: 'Purged' });
    const trashed = await createTask(ana.viewer, { listId: ana.list.id, description: 'Trashed' });
    await moveToTrash(trashed, ana.viewer);
    const file = JSON.stringify(await exported(program, { trash: 'true' }));
    await purgeTask(purged, ana.viewer);
    const { body } = await importInto(program, file, 'application/json');
    assert.deepEqual(
      { inserted: body.insert.length, skipReasons: body.skip.map(({ reason }) => reason).sort() },
      { inserted: 1, skipReasons: ['here', 'inTrash'] },
    );
    assert.deepEqual(await Task.count({ where: { listId: ana.list.id } }), 2);
  });
});
