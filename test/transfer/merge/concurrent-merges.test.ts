import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Category, Event, List, Task } from '../../../src/models/index.ts';
import type { MergeDoc, MergeOptions, MergeResult } from '../../../src/transfer/merge/options.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { completeTask, createTask, moveToTrash } from '../../../src/models/task/commands.ts';
import { mergeTasks } from '../../../src/transfer/merge/index.ts';

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

const merge = (docs: MergeDoc[], options: Partial<MergeOptions> = {}): Promise<MergeResult> =>
  mergeTasks(ana, { listId: ana.listId, provider: 'desk', docs, ...options });
const counts = ({ insert, update, remove, unchanged }: MergeResult): number[] => [
  insert.length,
  update.length,
  remove.length,
  unchanged,
];

async function assertGapless(listId: number): Promise<void> {
  const versions = (await Event.findAll({ where: { listId }, order: [['version', 'ASC']] })).map(
    ({ version }) => version,
  );
  assert.deepEqual(
    versions,
    versions.map((_, index) => index + 1),
  );
  assert.equal((await List.findByPk(listId))?.version, versions.length);
}

describe('concurrent and large merges', () => {
  it('run one after the other in a list: the second sees the result of the first', async () => {
    const docs = Array.from({ length: 50 }, (_, n) => ({
      externalId: String(n),
      description: `Task ${String(n)}`,
      categories: [{ name: { original: `c${String(n % 3)}` } }],
    }));
    const answers = await Promise.all([merge(docs), merge([...docs].reverse()), merge(docs, { provider: 'other' })]);
    assert.deepEqual(
      answers.map(({ insert }) => insert.length).sort((a, b) => a - b),
      [0, 50, 50],
    );
    assert.equal(await Category.count({ where: { listId: ana.listId } }), 3);
    await assertGapless(ana.listId);
  });

  it('do not deadlock with people who change the same tasks', async () => {
    const docs = (notes: string) =>
      Array.from({ length: 30 }, (_, n) => ({ externalId: String(n), description: `Task ${String(n)}`, notes }));
    await merge(docs('0'));
    const tasks = await Task.findAll({ where: { listId: ana.listId }, order: [['id', 'DESC']] });
    await Promise.all([
      merge(docs('1')),
      ...tasks.map((task) => completeTask(task, ana)),
      merge(docs('2')),
      ...tasks.map((task) => moveToTrash(task, ana)),
      createTask(ana, { listId: ana.listId, description: 'Mine' }),
    ]);
    await assertGapless(ana.listId);
  });

  it('write ten thousand docs in batches, each with its events', async () => {
    const docs = Array.from({ length: 10_000 }, (_, n) => ({
      externalId: String(n),
      description: `Task ${String(n)}`,
      categories: [{ name: { original: `c${String(n % 5)}` } }],
    }));
    const written: number[] = [];
    let statements = 0;
    const options = {
      onProgress: (rows: number) => {
        written.push(rows);
        statements += 1;
      },
    };
    assert.deepEqual(counts(await merge(docs, options)), [10_000, 0, 0, 0]);
    assert.deepEqual([written.at(-1), statements], [10_000, 10]);
    assert.deepEqual(
      counts(await merge(docs.slice(5000).map((doc) => ({ ...doc, priority: 1 as const })))),
      [0, 5000, 5000, 0],
    );
    await assertGapless(ana.listId);
    const ids = (
      await Task.findAll({
        where: { listId: ana.listId },
        paranoid: false,
        attributes: ['externalId'],
        order: ['id'],
        raw: true,
      })
    ).map(({ externalId }) => Number(externalId));
    assert.deepEqual(
      ids,
      docs.map((_, index) => index),
      'in the order of the docs',
    );
  });
});
