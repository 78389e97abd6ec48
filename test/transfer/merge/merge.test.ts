import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { ValidationError } from '../../../src/lib/errors.ts';
import { Category, Event, Task } from '../../../src/models/index.ts';
import type { MergeAnswer, MergeDoc, MergeOptions } from '../../../src/transfer/merge/options.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let people = 0;

before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());
beforeEach(async () => {
  people += 1;
  ana = await person(`ana${String(people)}`);
});

const merge = (docs: MergeDoc[], options: Partial<MergeOptions> = {}): Promise<MergeAnswer> =>
  Task.merge(ana, { listId: ana.listId, provider: 'desk', docs, ...options });
const eventsOf = (listId: number): Promise<Event[]> =>
  Event.findAll({ where: { listId }, order: [['version', 'ASC']] });
const namesOf = async (): Promise<string[]> => (await eventsOf(ana.listId)).map(({ name }) => name);
const stored = (externalId: string): Promise<Task | null> =>
  Task.findOne({ where: { listId: ana.listId, externalProvider: 'desk', externalId }, paranoid: false });
const counts = ({ insert, update, remove, unchanged }: MergeAnswer): number[] => [
  insert.length,
  update.length,
  remove.length,
  unchanged,
];

async function refused(work: Promise<unknown>, ...paths: string[]): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof ValidationError, String(error));
    assert.deepEqual(
      error.errors.map(({ path }) => path),
      paths,
    );
    return true;
  });
}

describe('a merge', () => {
  it('inserts what is not stored, updates what is, and moves to the trash what is in no doc', async () => {
    assert.deepEqual(
      counts(
        await merge([
          { externalId: 'a', description: 'A' },
          { externalId: 'b', description: 'B' },
          { externalId: 'c', description: 'C' },
        ]),
      ),
      [3, 0, 0, 0],
    );
    const answer = await merge([
      { externalId: 'b', description: 'B' },
      { externalId: 'd', description: 'D' },
      { externalId: 'a', description: 'A', dueOn: '2026-12-01' },
    ]);
    assert.deepEqual(counts(answer), [1, 1, 1, 1]);
    const [a, c, d] = [await stored('a'), await stored('c'), await stored('d')];
    assert.deepEqual(answer.insert, [{ index: 1, id: d?.id, externalId: 'd', description: 'D' }]);
    assert.deepEqual(answer.update, [{ index: 2, id: a?.id, externalId: 'a', description: 'A', changed: ['dueOn'] }]);
    assert.deepEqual(answer.remove, [{ id: c?.id, externalId: 'c', description: 'C' }]);
    assert.deepEqual(
      [a?.dueOn, a?.revision, d?.userId, d?.externalProvider, Boolean(c?.deletedAt)],
      ['2026-12-01', 2, ana.id, 'desk', true],
    );
    assert.deepEqual(await namesOf(), ['new_task', 'new_task', 'new_task', 'task_deleted', 'task_updated', 'new_task']);
    assert.ok((await eventsOf(ana.listId)).every(({ actorId }) => actorId === ana.id));
  });

  it('stores every attribute of a doc', async () => {
    const home = await Category.write(ana, ana.listId, { name: 'Home', color: 'red' });
    const doc: MergeDoc = {
      externalId: '1',
      description: 'Paint',
      notes: 'two\ncoats',
      completed: true,
      completedAt: new Date('2026-01-02T03:04:05.678Z'),
      dueOn: '2026-02-03',
      priority: 2,
      order: -1.5,
      assigneeId: ana.id,
      availableFrom: new Date('2026-01-01T00:00:00Z'),
      availableUntil: new Date('2026-03-01T00:00:00Z'),
      categoryIds: [home.id],
      categories: [{ name: { original: 'HOME' } }, { name: { original: 'brush', es: 'brocha' }, color: 'teal' }],
    };
    const { categories } = await merge([doc]);
    const task = await stored('1');
    assert.deepEqual(
      [
        task?.notes,
        task?.completedAt,
        task?.dueOn,
        task?.priority,
        task?.position,
        task?.assigneeId,
        task?.availableFrom,
        task?.availableUntil,
        task?.available,
      ],
      [doc.notes, doc.completedAt, doc.dueOn, 2, -1.5, ana.id, doc.availableFrom, doc.availableUntil, false],
    );
    const labels = (await task?.getCategories({ order: ['id'], joinTableAttributes: [] }))?.map(
      ({ id, name, color }) => ({ id, name, color }),
    );
    assert.deepEqual(labels, [
      { id: home.id, name: { original: 'Home' }, color: 'red' },
      { id: categories[0]?.id, name: { original: 'brush', es: 'brocha' }, color: 'teal' },
    ]);
    assert.deepEqual(
      categories.map(({ name }) => name),
      ['brush'],
    );
    assert.deepEqual(counts(await merge([doc])), [0, 0, 0, 1]);
  });

  it('leaves alone with patch what a doc does not say, and empties it with put', async () => {
    const whole: MergeDoc = {
      externalId: '1',
      description: 'Paint',
      notes: 'slowly',
      dueOn: '2026-02-03',
      priority: 3,
      order: 4,
      completed: true,
      categories: [{ name: { original: 'home' } }],
    };
    await merge([whole]);
    assert.deepEqual(counts(await merge([{ externalId: '1', priority: 1 }])), [0, 1, 0, 0]);
    const patched = await stored('1');
    assert.deepEqual(
      [patched?.description, patched?.notes, patched?.dueOn, patched?.priority, patched?.completed],
      ['Paint', 'slowly', '2026-02-03', 1, true],
    );
    const { update } = await merge([{ externalId: '1', description: 'Paint' }], { update: 'put' });
    assert.deepEqual(update[0]?.changed.sort(), ['categories', 'completedAt', 'dueOn', 'notes', 'order', 'priority']);
    const put = await stored('1');
    assert.deepEqual(
      [put?.notes, put?.dueOn, put?.priority, put?.position, put?.completed, await put?.getCategories()],
      [null, null, 0, null, false, []],
    );
  });

  it('keeps the time at which a task was done while the other system only says that it is', async () => {
    await merge([{ externalId: '1', description: 'Paint', completed: true }]);
    const done = await stored('1');
    assert.deepEqual(counts(await merge([{ externalId: '1', description: 'Paint', completed: true }])), [0, 0, 0, 1]);
    assert.deepEqual((await stored('1'))?.completedAt, done?.completedAt);
    await merge([{ externalId: '1', completed: false }]);
    assert.equal((await stored('1'))?.completedAt, null);
  });

  it('takes a task out of the trash whose key is there again, as one event', async () => {
    await merge([{ externalId: '1', description: 'Paint' }]);
    await merge([]);
    const { update } = await merge([{ externalId: '1', description: 'Paint it' }]);
    assert.deepEqual(
      update.map(({ changed }) => changed),
      [['description', 'deletedAt']],
    );
    assert.deepEqual(await namesOf(), ['new_task', 'task_deleted', 'task_restored']);
  });

  it('purges, or removes nothing, where it is told so', async () => {
    await merge([
      { externalId: '1', description: 'Paint' },
      { externalId: '2', description: 'Sand' },
    ]);
    assert.deepEqual(counts(await merge([{ externalId: '3', description: 'Wait' }], { remove: false })), [1, 0, 0, 0]);
    assert.equal(await Task.count({ where: { listId: ana.listId } }), 3);
    assert.deepEqual(counts(await merge([{ externalId: '3' }], { remove: 'physical' })), [0, 0, 2, 1]);
    assert.equal(await Task.count({ where: { listId: ana.listId }, paranoid: false }), 1);
  });

  it('neither inserts nor updates where that is switched off', async () => {
    await merge([{ externalId: '1', description: 'Paint' }]);
    const docs = [
      { externalId: '1', description: 'Paint it' },
      { externalId: '2', description: 'Sand' },
    ];
    assert.deepEqual(counts(await merge(docs, { insert: false, update: false })), [0, 0, 0, 2]);
    assert.deepEqual(counts(await merge(docs, { insert: false })), [0, 1, 0, 1]);
    assert.deepEqual(counts(await merge(docs, { update: false })), [1, 0, 0, 1]);
  });

  it('compares by other keys, and by several', async () => {
    const docs: MergeDoc[] = [
      { description: 'Paint', dueOn: null },
      { description: 'Paint', dueOn: '2026-02-03' },
      { description: 'Sand', dueOn: null, externalId: 'own' },
    ];
    assert.deepEqual(counts(await merge(docs, { compare: ['description', 'dueOn'] })), [3, 0, 0, 0]);
    const again = docs.map((doc) => ({ ...doc, priority: 1 as const }));
    assert.deepEqual(counts(await merge(again, { compare: ['description', 'dueOn'] })), [0, 3, 0, 0]);
    assert.equal((await stored('own'))?.priority, 1);
    await refused(
      merge([{ description: 'Another', dueOn: null, externalId: 'own' }], { compare: ['description', 'dueOn'] }),
      'docs.0.externalId',
    );
    await refused(merge([{ description: 'Paint' }], { compare: 'description' }), 'compare');
  });

  it('compares only what find asks for', async () => {
    const label = await Category.write(ana, ana.listId, { name: 'home', color: 'red' });
    const docs: MergeDoc[] = [
      { externalId: 'open', description: 'Open', dueOn: '2026-02-01', categoryIds: [label.id] },
      { externalId: 'done', description: 'Done', completed: true },
      { externalId: 'late', description: 'Late', dueOn: '2026-03-01', assigneeId: ana.id },
      { externalId: 'waiting', description: 'Waiting', availableFrom: new Date('2999-01-01') },
    ];
    await merge(docs);
    const removed = async (find: MergeOptions['find']): Promise<string[]> =>
      (await merge([], { find, dryRun: true })).remove.map(({ externalId }) => externalId).sort();
    assert.deepEqual(await removed({ status: 'open' }), ['late', 'open']);
    assert.deepEqual(await removed({ status: 'done' }), ['done']);
    assert.deepEqual(await removed({ status: 'scheduled' }), ['waiting']);
    assert.deepEqual(await removed({ dueBefore: '2026-03-01' }), ['open']);
    assert.deepEqual(await removed({ dueAfter: '2026-02-01', status: 'open' }), ['late']);
    assert.deepEqual(await removed({ categoryId: label.id }), ['open']);
    assert.deepEqual(await removed({ assigneeId: ana.id }), ['late']);
    assert.deepEqual(await removed({ priority: 1 }), []);
    assert.deepEqual(
      counts(
        await merge(
          docs.map((doc) => ({ ...doc, priority: 2 as const })),
          { find: { status: 'done' } },
        ),
      ),
      [0, 1, 0, 3],
      'what is left out stays, also where a doc would be it',
    );
  });

  it('takes functions, which are given whatever the docs are', async () => {
    interface Row extends MergeDoc {
      line: number;
    }
    const rows: Row[] = [
      { line: 2, description: 'Paint' },
      { line: 3, description: 'skip' },
      { line: 4, description: 'Sand' },
    ];
    const options: MergeOptions<Row> = {
      listId: ana.listId,
      provider: 'desk',
      docs: rows,
      compare: (one) => ('line' in one ? `line-${String(one.line)}` : one.externalId),
      insert: ({ line, description }) =>
        description === 'skip' ? null : { externalId: `line-${String(line)}`, description: `${description ?? ''}!` },
      update: ({ line }, task) => (line === 2 ? { notes: `was ${task.description}` } : null),
    };
    assert.deepEqual(counts(await Task.merge(ana, options)), [2, 0, 0, 1]);
    assert.deepEqual(counts(await Task.merge(ana, options)), [0, 1, 0, 2]);
    assert.deepEqual([(await stored('line-2'))?.notes, (await stored('line-4'))?.description], ['was Paint!', 'Sand!']);
  });

  it('never touches what people wrote by hand, another provider brought, or another list has', async () => {
    const bob = await person(`bob${String(people)}`);
    await Task.write(ana, { listId: ana.listId, description: 'By hand' });
    await merge([{ externalId: '1', description: 'Of another' }], { provider: 'other' });
    await Task.merge(bob, { listId: bob.listId, provider: 'desk', docs: [{ externalId: '1', description: 'Of Bob' }] });
    const others = (): Promise<Task[]> =>
      Task.findAll({ where: { externalProvider: null as unknown as string, listId: ana.listId }, raw: true });
    const before = JSON.stringify([await others(), await Task.findAll({ where: { listId: bob.listId }, raw: true })]);
    await merge([{ externalId: '1', description: 'Mine' }]);
    assert.deepEqual(counts(await merge([], { remove: 'physical' })), [0, 0, 1, 0]);
    assert.equal(
      JSON.stringify([await others(), await Task.findAll({ where: { listId: bob.listId }, raw: true })]),
      before,
    );
    assert.equal(await Task.count({ where: { externalProvider: 'other' } }), 1);
  });

  it('names every doc that is wrong, and changes nothing', async () => {
    await merge([{ externalId: 'a', description: 'A' }]);
    const bobs = await person(`bob${String(people)}`);
    const theirs = await Category.write(bobs, bobs.listId, { name: 'theirs', color: 'red' });
    const from = new Date('2026-02-01'),
      until = new Date('2026-01-01');
    await refused(
      merge([
        { externalId: 'b', description: 'Fine' },
        { externalId: 'c' },
        { externalId: 'd', description: 'D', assigneeId: bobs.id },
        { externalId: 'e', description: 'E', categoryIds: [theirs.id] },
        { externalId: 'f', description: 'F', availableFrom: from, availableUntil: until },
        { externalId: 'a', description: '' },
      ]),
      'docs.1.description',
      'docs.2.assigneeId',
      'docs.3.categoryIds',
      'docs.4.availableUntil',
      'docs.5.description',
    );
    await refused(merge([{ externalId: 'a' }], { update: 'put' }), 'docs.0.description');
    await refused(
      merge([{ externalId: 'a', description: 'A' }, { description: 'B' }, { externalId: 'a', description: 'C' }]),
      'docs.1.externalId',
      'docs.2.externalId',
    );
    await refused(
      merge(Array.from({ length: 500 }, () => ({ description: 'x' }))),
      ...Array.from({ length: 100 }, (_, index) => `docs.${String(index)}.externalId`),
    );
    assert.deepEqual(await namesOf(), ['new_task']);
  });

  it('matches categories in upper and lower case, and makes each that is missing once', async () => {
    const category = (original: string) => ({ name: { original } });
    const { categories } = await merge([
      { externalId: '1', description: 'A', categories: [category('Größe'), category('größe'), category('GRÖSSE')] },
      { externalId: '2', description: 'B', categories: [category('GRÖßE')] },
    ]);
    assert.equal(
      categories.length,
      new Set((await Category.findAll({ where: { listId: ana.listId } })).map(({ name }) => name.original)).size,
    );
    assert.deepEqual(
      counts(
        await merge([{ externalId: '1', categories: [category('GRÖSSE'), category('größe')] }, { externalId: '2' }]),
      ),
      [0, 0, 0, 2],
    );
  });
});
