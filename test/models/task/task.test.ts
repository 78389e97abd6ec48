import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ValidationError } from '../../../src/lib/errors.ts';
import { Category, List, Task, TaskCategory, User } from '../../../src/models/index.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { createCategory } from '../../../src/models/category/commands.ts';
import { resolveVisibleList } from '../../../src/models/list/queries.ts';
import {
  completeTask,
  createTask,
  EditConflictError,
  editTask,
  moveToTrash,
} from '../../../src/models/task/commands.ts';
import { findTaskDetails, findVisibleTask } from '../../../src/models/task/queries.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let eve: Viewer;
let print: Category;
let eveCategory: Category;

before(async () => {
  database = await openTestDatabase();
  ana = await person('ana');
  eve = await person('eve');
  print = await createCategory(ana, ana.listId, { name: 'print', color: 'red' });
  eveCategory = await createCategory(eve, eve.listId, { name: 'print', color: 'blue' });
});
after(() => database.close());

const write = (input: Partial<Parameters<typeof createTask>[1]> = {}): Promise<Task> =>
  createTask(ana, { listId: ana.listId, description: 'Order the posters', ...input });

describe('associations', () => {
  it('load user.tasks, task.user, task.categories and category.tasks', async () => {
    const task = await write({ categoryIds: [print.id] });
    const found = await Task.findByPk(task.id, { include: ['user', 'categories', 'list'] });
    const plain = found?.get({ plain: true }) as unknown as {
      user: { name: string };
      categories: { id: number }[];
      list: { id: number };
    };
    assert.deepEqual(
      { userName: plain.user.name, categoryIds: plain.categories.map(({ id }) => id), listId: plain.list.id },
      { userName: 'ana', categoryIds: [print.id], listId: ana.listId },
    );
    const user = await User.findByPk(ana.id, { include: ['tasks', 'list'] });
    assert.ok((user as unknown as { tasks: Task[] }).tasks.some(({ id }) => id === task.id));
    const category = await Category.findByPk(print.id, { include: ['tasks'] });
    assert.ok((category as unknown as { tasks: Task[] }).tasks.some(({ id }) => id === task.id));
    const list = await List.findByPk(ana.listId, { include: ['tasks', 'categories'] });
    assert.ok((list as unknown as { tasks: Task[] }).tasks.length > 0);
  });

  it('refuse a category of another list, in the database too', async () => {
    const task = await write();
    await assert.rejects(
      TaskCategory.create({ taskId: task.id, categoryId: eveCategory.id, listId: ana.listId }),
      /foreign key/,
    );
    await assert.rejects(
      TaskCategory.create({ taskId: task.id, categoryId: eveCategory.id, listId: eve.listId }),
      /foreign key/,
    );
  });

  it('are written by setCategories, addCategory and removeCategory as Sequelize documents them', async () => {
    const task = await write();
    const paint = await createCategory(ana, ana.listId, { name: 'paint', color: 'teal' });
    const names = async (): Promise<string[]> =>
      (await task.getCategories({ joinTableAttributes: [] })).map(({ name }) => name.original).sort();
    await task.addCategory(print);
    await task.addCategory(paint.id);
    assert.deepEqual(await names(), ['paint', 'print']);
    await task.removeCategory(print);
    assert.deepEqual(await names(), ['paint']);
    await task.setCategories([print, paint]);
    assert.deepEqual(await names(), ['paint', 'print']);
    await task.setCategories([]);
    assert.deepEqual(await names(), []);
    await assert.rejects(task.addCategory(eveCategory), /foreign key/);
    await paint.destroy();
  });
});

describe('createTask', () => {
  it('stores the input, with categories', async () => {
    const task = await write({ notes: 'A3, matt', dueOn: '2026-12-14', priority: 2, categoryIds: [print.id] });
    const record = await findTaskDetails(ana, task.id);
    assert.deepEqual(
      {
        description: record?.description,
        notes: record?.notes,
        dueOn: record?.dueOn,
        priority: record?.priority,
        userName: record?.userName,
        categories: record?.categories,
      },
      {
        description: 'Order the posters',
        notes: 'A3, matt',
        dueOn: '2026-12-14',
        priority: 2,
        userName: 'ana',
        categories: [{ id: print.id, listId: ana.listId, name: { original: 'print' }, color: 'red' }],
      },
    );
  });

  it('stores nothing if a category is not of the list', async () => {
    const before = await Task.count();
    await assert.rejects(
      write({ categoryIds: [print.id, eveCategory.id] }),
      (error) => error instanceof ValidationError && error.errors[0]?.path === 'categoryIds',
    );
    assert.equal(await Task.count(), before);
  });

  it('creates one task from a form that is sent twenty times at once', async () => {
    const formKey = randomUUID();
    const tasks = await Promise.all(Array.from({ length: 20 }, () => write({ formKey, categoryIds: [print.id] })));
    assert.equal(new Set(tasks.map(({ id }) => id)).size, 1);
  });

  it('creates another task when the same form comes with another description', async () => {
    const formKey = randomUUID();
    const [first, second] = [await write({ formKey }), await write({ formKey, description: 'Something else' })];
    assert.notEqual(first.id, second.id);
  });

  it('accepts the same form key from two people', async () => {
    const formKey = randomUUID();
    const [mine, hersToo] = [
      await write({ formKey }),
      await createTask(eve, { listId: eve.listId, description: 'x', formKey }),
    ];
    assert.notEqual(mine.id, hersToo.id);
  });

  it('refuses a list that the viewer does not see', async () => {
    await assert.rejects(resolveVisibleList(ana, eve.listId), ValidationError);
    assert.equal(await resolveVisibleList(ana, undefined), ana.listId);
  });
});

describe('editTask', () => {
  it('changes the text, raises both revisions and sets the categories', async () => {
    const task = await write({ categoryIds: [print.id] });
    const revised = await editTask(task, ana, { description: 'Order 200 posters', categoryIds: [] }, 1);
    assert.deepEqual(
      { description: revised.description, textRevision: revised.textRevision },
      { description: 'Order 200 posters', textRevision: 2 },
    );
    assert.ok(revised.revision > 1);
    assert.equal((await findTaskDetails(ana, task.id))?.categories, null);
  });

  it('never overwrites a text that changed since the form was opened', async () => {
    const task = await write();
    await editTask(task, ana, { description: 'theirs' }, 1);
    const mine = await findVisibleTask(ana, task.id);
    await assert.rejects(
      editTask(mine!, ana, { description: 'mine' }, 1),
      (error) => error instanceof EditConflictError && error.stored.description === 'theirs',
    );
    assert.equal((await findTaskDetails(ana, task.id))?.description, 'theirs');
  });

  it('has no conflict when both wrote the same, or only the completion changed', async () => {
    const task = await write();
    await editTask(task, ana, { description: 'the same' }, 1);
    await editTask(task, ana, { description: 'the same', priority: 3 }, 1);
    await completeTask(task, ana);
    const revised = await editTask(task, ana, { description: 'and on' }, 2);
    assert.deepEqual(
      { description: revised.description, priority: revised.priority, completed: revised.completed },
      { description: 'and on', priority: 3, completed: true },
    );
  });

  it('lets one of two concurrent edits win, and shows the other both versions', async () => {
    const task = await write();
    const [one, two] = await Promise.all([findVisibleTask(ana, task.id), findVisibleTask(ana, task.id)]);
    const results = await Promise.allSettled([
      editTask(one!, ana, { description: 'one' }, 1),
      editTask(two!, ana, { description: 'two' }, 1),
    ]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });
});

describe('findVisibleTask', () => {
  it('returns null for a stranger as for a missing task', async () => {
    const task = await write();
    assert.deepEqual(
      { hidden: await findVisibleTask(eve, task.id), missing: await findVisibleTask(eve, 2 ** 31 - 1) },
      { hidden: null, missing: null },
    );
    assert.deepEqual(
      { hidden: await findTaskDetails(eve, task.id), missing: await findTaskDetails(eve, 2 ** 31 - 1) },
      { hidden: null, missing: null },
    );
  });

  it('includes the trash only on request', async () => {
    const task = await write();
    await moveToTrash(task, ana);
    assert.equal(await findVisibleTask(ana, task.id), null);
    assert.equal(await findTaskDetails(ana, task.id), null);
    assert.equal((await findVisibleTask(ana, task.id, { inTrash: true }))?.id, task.id);
  });
});

describe('the database refuses', () => {
  const insert = (columns: string, values: string) =>
    database.sequelize.query(
      `INSERT INTO tasks (list_id, description, ${columns}) VALUES (${String(ana.listId)}, 'x', ${values})`,
    );
  for (const [what, columns, values] of [
    ['a priority of 4', 'priority', '4'],
    ['an external id without its provider', 'external_id', `'7'`],
    ['a window that runs backwards', 'available_from, available_until', `'2026-01-02', '2026-01-01'`],
    ['notes of 20,001 characters', 'notes', `repeat('x', 20001)`],
    ['a list that is not there', 'assignee_id', '999999'],
  ] as const) {
    it(what, () => assert.rejects(insert(columns, values)));
  }
  it('an empty description', () =>
    assert.rejects(
      database.sequelize.query(`INSERT INTO tasks (list_id, description) VALUES (${String(ana.listId)}, '')`),
    ));
  it('a category name that the list already has, in another case', () =>
    assert.rejects(createCategory(ana, ana.listId, { name: 'PRINT', color: 'red' }), ValidationError));
});
