import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { List, Task } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import type { Form } from '../../support/client.ts';
import { createWorld, type World } from '../../support/world.ts';
import { addMember, createTeam } from '../../../src/models/team/commands.ts';
import { createCategory } from '../../../src/models/category/commands.ts';
import { findTeamList } from '../../../src/models/list/queries.ts';
import { createTask, updateTask } from '../../../src/models/task/commands.ts';
let app: TestApp;
let world: World;
let list: List;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  const team = await createTeam(world.ana.viewer, 'The house');
  await addMember(team, world.ana.user.id, world.bob.user.id);
  list = await findTeamList(team.id);
});
after(() => app.close());

const pathOf = ({ id }: Task): string => `/tasks/${String(id)}`;
const write = (attributes: Partial<Parameters<typeof createTask>[1]> = {}): Promise<Task> =>
  createTask(world.ana.viewer, { listId: list.id, description: 'Paint the dore', ...attributes });
const chosenIn = (text: string): string | undefined =>
  /<select[^>]*name="assigneeId".*?<option value="(\d*)" selected/s.exec(text)?.[1];

/** What the form of a task on a page sends when nothing is touched. */
function filled(text: string): Form {
  const form = /<form class="sheet".*?<\/form>/s.exec(text)?.[0] ?? '';
  const attribute = (tag: string, name: string): string => new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  const inputs = [...form.matchAll(/<input[^>]*>/g)].map(([tag]) => tag);
  const typed = inputs
    .filter((tag) => !tag.includes('type="checkbox"'))
    .map((tag): [string, string] => [attribute(tag, 'name'), attribute(tag, 'value')]);
  const chosen = [...form.matchAll(/<select[^>]*name="(\w+)".*?<\/select>/gs)].map(
    ([select, name = '']): [string, string] => [name, /value="(\d*)" selected/.exec(select)?.[1] ?? ''],
  );
  const notes = /<textarea[^>]*>\n?(.*?)<\/textarea>/s.exec(form)?.[1] ?? '';
  return {
    ...Object.fromEntries([...typed, ...chosen]),
    notes,
    categoryIds: inputs.filter((tag) => / checked/.test(tag)).map((tag) => attribute(tag, 'value')),
  };
}

const opened = async (task: Task): Promise<Form> => filled((await world.ana.client.get(`${pathOf(task)}/edit`)).text);

describe('a form opened before somebody else changed the task', () => {
  it('does not overwrite unchanged fields: assignee, priority, categories, window', async () => {
    const [red, green] = [
      await createCategory(world.ana.viewer, list.id, { name: 'red', color: 'red' }),
      await createCategory(world.ana.viewer, list.id, { name: 'green', color: 'green' }),
    ];
    const task = await write({ categoryIds: [red.id] });
    const form = await opened(task);
    const availableUntil = new Date('2099-01-01T10:00:00.000Z');
    await updateTask(task, world.bob.viewer, {
      assigneeId: world.bob.user.id,
      priority: 3,
      categoryIds: [green.id],
      availableUntil,
    });
    assert.equal((await world.ana.client.post(pathOf(task), { ...form, description: 'Paint the door' })).status, 303);
    await task.reload({ include: 'categories' });
    assert.deepEqual(
      [task.description, task.assigneeId, task.priority, task.categories?.map(({ id }) => id), task.availableUntil],
      ['Paint the door', world.bob.user.id, 3, [green.id], availableUntil],
    );
  });

  it('saves changed fields, also cleared ones', async () => {
    const red = await createCategory(world.ana.viewer, list.id, { name: 'crimson', color: 'red' });
    const task = await write({ assigneeId: world.bob.user.id, priority: 2, categoryIds: [red.id] });
    const form = await opened(task);
    assert.deepEqual(
      [form.assigneeId, form.priority, form.categoryIds],
      [String(world.bob.user.id), '2', [String(red.id)]],
    );
    assert.equal(
      (await world.ana.client.post(pathOf(task), { ...form, assigneeId: '', priority: '0', categoryIds: [] })).status,
      303,
    );
    await task.reload({ include: 'categories' });
    assert.deepEqual([task.assigneeId, task.priority, task.categories], [null, 0, []]);
  });

  it('still knows the changed fields after a validation error', async () => {
    const task = await write();
    const form = await opened(task);
    const refused = await world.ana.client.post(pathOf(task), { ...form, description: '', priority: '1' });
    assert.equal(refused.status, 422);
    await updateTask(task, world.bob.viewer, { assigneeId: world.bob.user.id });
    assert.equal(
      (await world.ana.client.post(pathOf(task), { ...filled(refused.text), description: 'Paint the door' })).status,
      303,
    );
    await task.reload();
    assert.deepEqual([task.description, task.assigneeId, task.priority], ['Paint the door', world.bob.user.id, 1]);
  });

  it("shows a text conflict with the others' values and the person's own changes", async () => {
    const task = await write();
    const form = await opened(task);
    await updateTask(task, world.bob.viewer, { description: 'Paint the gate', assigneeId: world.bob.user.id });
    const conflict = await world.ana.client.post(pathOf(task), {
      ...form,
      description: 'Paint the door',
      priority: '1',
    });
    assert.deepEqual([conflict.status, chosenIn(conflict.text)], [409, String(world.bob.user.id)]);
    await updateTask(task, world.bob.viewer, { assigneeId: world.ana.user.id });
    assert.equal((await world.ana.client.post(pathOf(task), filled(conflict.text))).status, 303);
    await task.reload();
    assert.deepEqual([task.description, task.assigneeId, task.priority], ['Paint the door', world.ana.user.id, 1]);
  });

  it('is saved as it is without the fields for comparison', async () => {
    const task = await write({ assigneeId: world.bob.user.id, priority: 2 });
    await world.ana.client.patch(pathOf(task), { description: 'Paint the door', assigneeId: '', textRevision: '1' });
    assert.deepEqual([(await task.reload()).assigneeId, task.priority], [null, 2]);
  });
});
