import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ValidationError } from '../../../src/lib/errors.ts';
import { EditConflict } from '../../../src/models/task/edit-conflict.ts';
import { Category, List, Task, TaskCategory, User } from '../../../src/models/index.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let eve: Viewer;
let print: Category;
let hers: Category;

before(async () => {
  database = await openTestDatabase();
  ana = await person('ana');
  eve = await person('eve');
  print = await Category.write(ana, ana.listId, { name: 'print', color: 'red' });
  hers = await Category.write(eve, eve.listId, { name: 'print', color: 'blue' });
});
after(() => database.close());

const write = (input: Partial<Parameters<typeof Task.write>[1]> = {}): Promise<Task> =>
  Task.write(ana, { listId: ana.listId, description: 'Order the posters', ...input });

describe('associations', () => {
  it('give a user the tasks, a task its user and categories, a category its tasks', async () => {
    const task = await write({ categoryIds: [print.id] });
    const found = await Task.findByPk(task.id, { include: ['user', 'categories', 'list'] });
    const plain = found?.get({ plain: true }) as unknown as {
      user: { name: string };
      categories: { id: number }[];
      list: { id: number };
    };
    assert.deepEqual(
      [plain.user.name, plain.categories.map(({ id }) => id), plain.list.id],
      ['ana', [print.id], ana.listId],
    );
    const user = await User.findByPk(ana.id, { include: ['tasks', 'list'] });
    assert.ok((user as unknown as { tasks: Task[] }).tasks.some(({ id }) => id === task.id));
    const category = await Category.findByPk(print.id, { include: ['tasks'] });
    assert.ok((category as unknown as { tasks: Task[] }).tasks.some(({ id }) => id === task.id));
    const list = await List.findByPk(ana.listId, { include: ['tasks', 'categories'] });
    assert.ok((list as unknown as { tasks: Task[] }).tasks.length > 0);
  });

  it('refuse a category of another list, also past the models', async () => {
    const task = await write();
    await assert.rejects(
      TaskCategory.create({ taskId: task.id, categoryId: hers.id, listId: ana.listId }),
      /foreign key/,
    );
    await assert.rejects(
      TaskCategory.create({ taskId: task.id, categoryId: hers.id, listId: eve.listId }),
      /foreign key/,
    );
  });
});

describe('writing a task', () => {
  it('stores what was written, with categories', async () => {
    const task = await write({ notes: 'A3, matt', dueOn: '2026-12-14', priority: 2, categoryIds: [print.id] });
    const record = await Task.record(ana, task.id);
    assert.deepEqual(
      [record?.description, record?.notes, record?.dueOn, record?.priority, record?.userName, record?.categories],
      [
        'Order the posters',
        'A3, matt',
        '2026-12-14',
        2,
        'ana',
        [{ id: print.id, listId: ana.listId, name: { original: 'print' }, color: 'red' }],
      ],
    );
  });

  it('stores nothing with a category that is not of the list', async () => {
    const before = await Task.count();
    await assert.rejects(
      write({ categoryIds: [print.id, hers.id] }),
      (error) => error instanceof ValidationError && error.errors[0]?.path === 'categoryIds',
    );
    assert.equal(await Task.count(), before);
  });

  it('makes one task of a form that is sent twenty times at once', async () => {
    const formKey = randomUUID();
    const tasks = await Promise.all(Array.from({ length: 20 }, () => write({ formKey, categoryIds: [print.id] })));
    assert.equal(new Set(tasks.map(({ id }) => id)).size, 1);
  });

  it('makes a new task where the same form comes with another text', async () => {
    const formKey = randomUUID();
    const [first, second] = [await write({ formKey }), await write({ formKey, description: 'Something else' })];
    assert.notEqual(first.id, second.id);
  });

  it('lets two people send the same form key', async () => {
    const formKey = randomUUID();
    const [mine, hersToo] = [
      await write({ formKey }),
      await Task.write(eve, { listId: eve.listId, description: 'x', formKey }),
    ];
    assert.notEqual(mine.id, hersToo.id);
  });

  it('goes into no list that the viewer may not see', async () => {
    await assert.rejects(List.chosen(ana, eve.listId), ValidationError);
    assert.equal(await List.chosen(ana, undefined), ana.listId);
  });
});

describe('revising a task', () => {
  it('changes the text, raises both revisions and sets the categories', async () => {
    const task = await write({ categoryIds: [print.id] });
    const revised = await task.revise(ana, { description: 'Order 200 posters', categoryIds: [] }, 1);
    assert.deepEqual([revised.description, revised.textRevision], ['Order 200 posters', 2]);
    assert.ok(revised.revision > 1);
    assert.equal((await Task.record(ana, task.id))?.categories, null);
  });

  it('never overwrites a text that has changed since the form was opened', async () => {
    const task = await write();
    await task.revise(ana, { description: 'theirs' }, 1);
    const mine = await Task.visible(ana, task.id);
    await assert.rejects(
      mine!.revise(ana, { description: 'mine' }, 1),
      (error) => error instanceof EditConflict && error.stored.description === 'theirs',
    );
    assert.equal((await Task.record(ana, task.id))?.description, 'theirs');
  });

  it('has no conflict where both wrote the same, or only the completion changed', async () => {
    const task = await write();
    await task.revise(ana, { description: 'the same' }, 1);
    await task.revise(ana, { description: 'the same', priority: 3 }, 1);
    await task.complete(ana);
    const revised = await task.revise(ana, { description: 'and on' }, 2);
    assert.deepEqual([revised.description, revised.priority, revised.completed], ['and on', 3, true]);
  });

  it('of two who save at once lets one win and shows the other both', async () => {
    const task = await write();
    const [one, two] = await Promise.all([Task.visible(ana, task.id), Task.visible(ana, task.id)]);
    const results = await Promise.allSettled([
      one!.revise(ana, { description: 'one' }, 1),
      two!.revise(ana, { description: 'two' }, 1),
    ]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });
});

describe('finding a task', () => {
  it('is the same answer for a stranger and for a task that is not there', async () => {
    const task = await write();
    assert.deepEqual([await Task.visible(eve, task.id), await Task.visible(eve, 2 ** 31 - 1)], [null, null]);
    assert.deepEqual([await Task.record(eve, task.id), await Task.record(eve, 2 ** 31 - 1)], [null, null]);
  });

  it('looks into the trash only when asked', async () => {
    const task = await write();
    await task.trash(ana);
    assert.equal(await Task.visible(ana, task.id), null);
    assert.equal(await Task.record(ana, task.id), null);
    assert.equal((await Task.visible(ana, task.id, { inTrash: true }))?.id, task.id);
  });
});

describe('what the database itself refuses', () => {
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
  it('a category name that the list has already, in other letters', () =>
    assert.rejects(Category.write(ana, ana.listId, { name: 'PRINT', color: 'red' }), ValidationError));
});
