import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Op, type OrderItem, type WhereOptions } from 'sequelize';
import { daysAfter } from '../../../src/lib/local-time.ts';
import { dayIn } from '../../../src/shared/format.ts';
import type { Category } from '../../../src/models/index.ts';
import { Task } from '../../../src/models/index.ts';
import type { Cursor } from '../../../src/database/cursor.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { createTeam } from '../../../src/models/team/commands.ts';
import { findTasks } from '../../../src/models/task/list-page.ts';
import { createCategory } from '../../../src/models/category/commands.ts';
import { findTeamList } from '../../../src/models/list/queries.ts';
import { completeTask, createTask, purgeTask } from '../../../src/models/task/commands.ts';
import type { TaskFilters } from '../../../src/models/task/filters.ts';
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let eve: Viewer;
let print: Category;
const today = dayIn('Europe/Madrid', new Date());

before(async () => {
  database = await openTestDatabase();
  ana = await person('ana');
  eve = await person('eve');
  print = await createCategory(ana, ana.listId, { name: 'print', color: 'red' });
  const created = Date.now() - 3_600_000;
  for (let n = 0; n < 24; n += 1) {
    const task = await Task.create({
      listId: ana.listId,
      userId: ana.id,
      description: n % 5 ? `task ${String(n)}` : `100% sure_${String(n)}`,
      notes: n === 7 ? 'mentions Sure_ in the notes' : null,
      dueOn: n % 3 ? daysAfter(today, n - 8) : null,
      position: n % 4 ? n / 2 : null,
      completedAt: n % 6 === 5 ? new Date(created + n * 1000) : null,
      // Many share a time, so that only the id orders them.
      createdAt: new Date(created + Math.floor(n / 4) * 1000),
    });
    if (n % 2) await task.setCategories([print], { through: { listId: ana.listId } });
    if (n % 8 === 7) await task.destroy();
  }
  await createTask(eve, { listId: eve.listId, description: '100% sure_ hers' });
});
after(() => database.close());

async function pageByPage(filters: TaskFilters, size: number): Promise<number[]> {
  const ids: number[] = [];
  let cursor: Cursor | null = null;
  do {
    const page = await findTasks(ana, filters, cursor, size);
    ids.push(...page.tasks.map(({ id }) => id));
    cursor = page.next;
  } while (cursor);
  return ids;
}

async function findWithSequelize(where: WhereOptions, order: OrderItem[], withCategory = false): Promise<number[]> {
  const tasks = await Task.findAll({
    where: { [Op.and]: [{ listId: ana.listId }, where] },
    order,
    ...(withCategory && { include: [{ association: 'categories', where: { id: print.id } }] }),
  });
  return tasks.map(({ id }) => id);
}

const newest: OrderItem[] = [
  ['createdAt', 'DESC'],
  ['id', 'DESC'],
];
const open = { completedAt: null };
const cases: [string, Partial<TaskFilters>, WhereOptions, OrderItem[], boolean?][] = [
  ['what is open, newest first', {}, open, newest],
  [
    'what is done, last done first',
    { status: 'done' },
    { completedAt: { [Op.ne]: null } },
    [
      ['completedAt', 'DESC'],
      ['id', 'DESC'],
    ],
  ],
  ['all', { status: 'all' }, {}, newest],
  [
    'by due date, without one last',
    { sort: 'due' },
    open,
    [
      ['dueOn', 'ASC NULLS LAST'],
      ['id', 'ASC'],
    ],
  ],
  [
    'by hand, without a place last',
    { sort: 'order' },
    open,
    [
      ['position', 'ASC NULLS LAST'],
      ['id', 'ASC'],
    ],
  ],
  [
    'of a category',
    {
      get category() {
        return print.id;
      },
    },
    open,
    newest,
    true,
  ],
  ['late', { due: 'late' }, { ...open, dueOn: { [Op.lt]: today } }, newest],
  ['of today', { due: 'today' }, { ...open, dueOn: today }, newest],
  [
    'of the next seven days',
    { due: 'week' },
    { ...open, dueOn: { [Op.between]: [today, daysAfter(today, 6)] } },
    newest,
  ],
  ['without a due date', { due: 'none' }, { ...open, dueOn: null }, newest],
  [
    'found by text, with its wildcards taken as they are',
    { q: '100% sure_' },
    { ...open, description: { [Op.like]: '100\\% sure\\_%' } },
    newest,
  ],
  [
    'found in the notes, in other letters',
    { q: 'mentions sure_', status: 'all' },
    { notes: { [Op.ne]: null } },
    newest,
  ],
];

describe('findTasks returns what the plain Sequelize query does', () => {
  for (const [name, filters, where, order, withCategory] of cases) {
    it(name, async () => {
      const query: TaskFilters = {
        status: 'open',
        sort: 'newest',
        list: undefined,
        ...filters,
        ...(withCategory && { category: print.id }),
      };
      const expected = await findWithSequelize(where, order, withCategory);
      for (const size of [1, 3, 50])
        assert.deepEqual(await pageByPage(query, size), expected, `pages of ${String(size)}`);
    });
  }

  it('the trash, last deleted first', async () => {
    const trashed = await Task.findAll({
      where: { listId: ana.listId, deletedAt: { [Op.ne]: null } },
      paranoid: false,
      order: [
        ['deletedAt', 'DESC'],
        ['id', 'DESC'],
      ],
    });
    assert.ok(trashed.length > 1);
    assert.deepEqual(
      await pageByPage({ status: 'trash', sort: 'newest' }, 2),
      trashed.map(({ id }) => id),
    );
  });
});

describe('findTasks by assignee', () => {
  it('searches all lists by due date, like the plain query', async () => {
    const lists = [ana.listId];
    for (const name of ['house', 'garden']) lists.push((await findTeamList((await createTeam(ana, name)).id)).id);
    for (let n = 0; n < 30; n += 1) {
      await Task.create({
        listId: lists[n % 3]!,
        userId: ana.id,
        description: `assigned ${String(n)}`,
        assigneeId: n % 4 ? ana.id : null,
        dueOn: n % 5 ? daysAfter(today, Math.floor(n / 3) - 4) : null,
        completedAt: n % 7 ? null : new Date(),
        availableFrom: n % 11 ? null : new Date('2999-01-01'),
      });
    }
    const assigned = (where: WhereOptions, order: OrderItem[]) =>
      Task.findAll({ where: { [Op.and]: [{ listId: lists, assigneeId: ana.id }, where] }, order }).then((tasks) =>
        tasks.map(({ id }) => id),
      );
    const expected = await assigned({ completedAt: null, available: true }, [
      ['dueOn', 'ASC NULLS LAST'],
      ['id', 'ASC'],
    ]);
    assert.ok(expected.length > 10);
    for (const size of [1, 3, 50])
      assert.deepEqual(
        await pageByPage({ assignee: ana.id, status: 'open', sort: 'due' }, size),
        expected,
        `pages of ${String(size)}`,
      );
    assert.deepEqual(
      await pageByPage({ assignee: ana.id, status: 'done', sort: 'newest' }, 2),
      await assigned({ completedAt: { [Op.ne]: null } }, [
        ['completedAt', 'DESC'],
        ['id', 'DESC'],
      ]),
    );
    await Task.destroy({ where: { listId: lists.slice(1) }, force: true });
    await Task.destroy({ where: { listId: ana.listId, assigneeId: ana.id }, force: true });
    await Task.destroy({ where: { listId: ana.listId, description: { [Op.like]: 'assigned %' } }, force: true });
  });
});

describe('findTasks', () => {
  it('returns no task of a list that the viewer does not see, even if asked for it', async () => {
    assert.deepEqual((await findTasks(ana, { status: 'all', sort: 'newest', list: eve.listId })).tasks, []);
    assert.equal((await findTasks(eve, { status: 'all', sort: 'newest' })).tasks.length, 1);
  });

  it('neither skips nor repeats a row when tasks are created between pages', async () => {
    const expected = await findWithSequelize(open, newest);
    const first = await findTasks(ana, { status: 'open', sort: 'newest' }, null, 5);
    const written = await createTask(ana, { listId: ana.listId, description: 'meanwhile' });
    const rest = await findTasks(ana, { status: 'open', sort: 'newest' }, first.next, 50);
    assert.deepEqual(
      [...first.tasks, ...rest.tasks].map(({ id }) => id),
      expected,
    );
    await purgeTask(written, ana);
  });

  it('takes the day of doneToday from the time zone of the viewer', async () => {
    const task = await createTask(ana, { listId: ana.listId, description: 'done now' });
    await completeTask(task, ana);
    const old = await createTask(ana, { listId: ana.listId, description: 'done before yesterday' });
    await old.update({ completedAt: new Date(Date.now() - 2 * 86_400_000) });
    const ids = (await findTasks(ana, { status: 'doneToday', sort: 'newest' })).tasks.map(({ id }) => id);
    assert.ok(ids.includes(task.id) && !ids.includes(old.id));
  });
});
