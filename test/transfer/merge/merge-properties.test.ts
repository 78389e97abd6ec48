import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Category, Event, List, Task } from '../../../src/models/index.ts';
import type { MergeDoc, MergeOptions, MergeResult } from '../../../src/transfer/merge/options.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { priorities } from '../../../src/shared/limits.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { createTask, moveToTrash } from '../../../src/models/task/commands.ts';
import { mergeTasks } from '../../../src/transfer/merge/index.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let people = 0;

before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

async function newAna(): Promise<void> {
  people += 1;
  ana = await person(`ana${String(people)}`);
}

const merge = (docs: MergeDoc[], options: Partial<MergeOptions> = {}): Promise<MergeResult> =>
  mergeTasks(ana, { listId: ana.listId, provider: 'desk', docs, ...options });
const eventsOf = (listId: number): Promise<Event[]> =>
  Event.findAll({ where: { listId }, order: [['version', 'ASC']] });
const stored = (externalId: string): Promise<Task | null> =>
  Task.findOne({ where: { listId: ana.listId, externalProvider: 'desk', externalId }, paranoid: false });

async function assertGapless(listId: number): Promise<void> {
  const versions = (await eventsOf(listId)).map(({ version }) => version);
  assert.deepEqual(
    versions,
    versions.map((_, index) => index + 1),
  );
  assert.equal((await List.findByPk(listId))?.version, versions.length);
}

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  .filter((one) => !/[\0\p{Surrogate}]/u.test(one) && one.trim() !== '');
const fields = {
  description: text,
  notes: fc.option(text),
  completed: fc.boolean(),
  dueOn: fc.option(fc.integer({ min: 1, max: 28 }).map((day) => `2026-02-${String(day).padStart(2, '0')}`)),
  priority: fc.constantFrom(...priorities),
  order: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((order) => order + 0)),
  categories: fc.array(
    fc.constantFrom('home', 'Home', 'work', 'WORK', 'calls').map((original) => ({ name: { original } })),
    { maxLength: 3 },
  ),
};
const doc = fc.record(
  { externalId: fc.constantFrom(...KEYS), ...fields },
  { requiredKeys: ['externalId', 'description'] },
) as fc.Arbitrary<MergeDoc>;
const docs = fc.uniqueArray(doc, { selector: ({ externalId }) => externalId, maxLength: 8 });
const how = fc.record({
  update: fc.constantFrom('patch', 'put', false),
  insert: fc.boolean(),
  remove: fc.constantFrom('logical', 'physical', false),
  find: fc.constantFrom(undefined, { status: 'open' }, { status: 'done' }, { dueBefore: '2026-02-14' }),
}) as fc.Arbitrary<Partial<MergeOptions>>;

/** Everything in the list except timestamps and revisions. */
async function contents(where: object): Promise<unknown> {
  const tasks = await Task.findAll({
    where: { listId: ana.listId, ...where },
    paranoid: false,
    include: [{ association: 'categories', attributes: ['id'], through: { attributes: [] } }],
    order: ['id', ['categories', 'id', 'ASC']],
  });
  return tasks.map(
    ({ id, description, notes, completed, dueOn, priority, position, deletedAt, categories, externalId }) => ({
      id,
      externalId,
      description,
      notes,
      completed,
      dueOn,
      priority,
      position,
      trash: deletedAt !== null,
      categories: categories?.map((category) => category.id),
    }),
  );
}

describe('any merge after any other', () => {
  const history = fc.tuple(docs, docs, how, how, fc.array(fc.constantFrom(...KEYS), { maxLength: 3 }));
  const property = (
    check: (given: {
      now: MergeDoc[];
      options: Partial<MergeOptions>;
      inNone: Set<string>;
      live: Set<string>;
    }) => Promise<void>,
  ): Promise<void> =>
    fc.assert(
      fc.asyncProperty(history, async ([before, now, first, options, trashed]) => {
        await newAna();
        await createTask(ana, { listId: ana.listId, description: 'By hand' });
        await merge([{ externalId: 'a', description: 'Of another' }], { provider: 'other' });
        await merge(before);
        await merge(before.slice(0, 3), { ...first, find: undefined });
        for (const externalId of trashed) {
          const task = await stored(externalId);
          if (task) await moveToTrash(task, ana);
        }
        const rows = await Task.findAll({ where: { listId: ana.listId, externalProvider: 'desk' } });
        const live = new Set(rows.map(({ externalId }) => externalId!));
        await check({
          now,
          options,
          live,
          inNone: new Set([...live].filter((id) => !now.some(({ externalId }) => externalId === id))),
        });
      }),
      { numRuns: 40 },
    );

  it('a dry run returns what the merge does, and changes nothing', () =>
    property(async ({ now, options }) => {
      const before = JSON.stringify([
        await contents({}),
        (await eventsOf(ana.listId)).length,
        await Category.count({ where: { listId: ana.listId } }),
      ]);
      const dry = await merge(now, { ...options, dryRun: true });
      assert.equal(
        JSON.stringify([
          await contents({}),
          (await eventsOf(ana.listId)).length,
          await Category.count({ where: { listId: ana.listId } }),
        ]),
        before,
      );
      const run = await merge(now, options);
      assert.ok([...run.insert, ...run.categories].every(({ id }) => id !== null));
      const withoutIds = ({ insert, categories, ...rest }: MergeResult) => ({
        insert: insert.map((one) => ({ ...one, id: null })),
        categories: categories.map((one) => ({ ...one, id: null })),
        ...rest,
      });
      assert.deepEqual(withoutIds(run), dry);
    }));

  it('insert, update, remove and unchanged add up to everything', () =>
    property(async ({ now, options, live }) => {
      const { insert, update, remove, unchanged } = await merge(now, {
        ...options,
        find: undefined,
        remove: options.remove || 'logical',
      });
      const whole = new Set([...live, ...now.map(({ externalId }) => externalId!)]);
      const named = [...insert, ...update, ...remove].map(({ externalId }) => externalId!);
      assert.equal(new Set(named).size, named.length);
      assert.ok(named.every((one) => whole.has(one)));
      assert.equal(named.length + unchanged, whole.size);
    }));

  it('the same merge again changes nothing', () =>
    property(async ({ now, options }) => {
      const all: Partial<MergeOptions> = { ...options, insert: true, find: undefined };
      await merge(now, all);
      const before = [await contents({}), await eventsOf(ana.listId)];
      const again = await merge(now, all);
      assert.deepEqual([again.insert, again.update, again.remove, again.categories], [[], [], [], []]);
      assert.equal(JSON.stringify([await contents({}), await eventsOf(ana.listId)]), JSON.stringify(before));
    }));

  it('makes the tasks of the provider equal to the docs, and leaves all others alone', () =>
    property(async ({ now, inNone }) => {
      const others = await contents({ externalProvider: 'other' });
      const byHand = await contents({ externalProvider: null });
      await merge(now, { update: 'put' });
      assert.deepEqual(await contents({ externalProvider: 'other' }), others);
      assert.deepEqual(await contents({ externalProvider: null }), byHand);
      const rows = await Task.findAll({
        where: { listId: ana.listId, externalProvider: 'desk' },
        include: ['categories'],
      });
      assert.deepEqual(rows.map(({ externalId }) => externalId).sort(), now.map(({ externalId }) => externalId).sort());
      for (const {
        externalId,
        description,
        notes = null,
        completed = false,
        dueOn = null,
        priority = 0,
        order = null,
        categories = [],
      } of now) {
        const row = rows.find((one) => one.externalId === externalId);
        assert.deepEqual(
          [row?.description, row?.notes, row?.completed, row?.dueOn, row?.priority, row?.position],
          [description, notes, completed, dueOn, priority, order],
        );
        assert.deepEqual(
          new Set(row?.categories?.map(({ name }) => name.original.toLowerCase())),
          new Set(categories.map(({ name }) => name.original.toLowerCase())),
        );
      }
      for (const externalId of inNone) assert.ok((await stored(externalId))?.deletedAt);
      await assertGapless(ana.listId);
    }));
});
