import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Category, Task, User } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { createTask } from '../../src/models/task/commands.ts';
let app: TestApp;
let world: World;
let ana: Program;
before(async () => {
  app = await startApp({ rateLimits: false });
  world = await createWorld(app);
  ana = await programOf(app, world.ana);
});
after(() => app.close());

/** A valid value that differs from the current one. */
const other = (attribute: string): unknown => {
  if (/At$/.test(attribute)) return '2001-01-01T00:00:00.000Z';
  if (/(^id|Id|evision)$/.test(attribute) && attribute !== 'externalId') return world.eve.list.id + 7;
  if (['seed', 'admin', 'disabled', 'available'].includes(attribute)) return attribute !== 'available';
  return 'b42a1f7e-0000-4000-8000-000000000000';
};
const pick = (row: Task | Category | User | null, names: string[]): unknown =>
  Object.fromEntries(names.map((name) => [name, (row as unknown as Record<string, unknown>)[name]]));

/** All attributes of the models except those that the API sets. */
const attributesExcept = (model: { getAttributes(): object }, writable: string[]): string[] =>
  Object.keys(model.getAttributes()).filter((name) => !writable.includes(name));

describe('A19: reserved attributes', () => {
  const ofTasks = () => [
    ...attributesExcept(Task, [
      'description',
      'notes',
      'dueOn',
      'priority',
      'availableFrom',
      'availableUntil',
      'assigneeId',
      'listId',
    ]),
    'url',
    'user',
  ];
  const ofCategories = () => [...attributesExcept(Category, ['name', 'color', 'listId']), 'url'];
  const ofUsers = () => attributesExcept(User, ['name', 'locale', 'timeZone', 'country']);

  it('are ignored or rejected in a task, with every method', async () => {
    const created = await createTask(world.ana.viewer, { listId: world.ana.list.id, description: 'hers' });
    const names = ofTasks().filter((name) => !['url', 'user', 'updatedAt'].includes(name));
    const before = pick(await Task.findByPk(created.id), names);
    for (const name of ofTasks()) {
      for (const method of ['PATCH', 'PUT']) {
        const { status } = await ana.ask(method, `/tasks/${String(created.id)}`, {
          body: { description: 'hers', [name]: other(name) },
        });
        assert.ok([200, 422].includes(status), `${method} ${name}: ${String(status)}`);
      }
      assert.deepEqual(pick(await Task.findByPk(created.id, { paranoid: false }), names), before, name);

      const { status, body } = await ana.post<{ id: number }>('/tasks', { description: 'new', [name]: other(name) });
      assert.ok([201, 422].includes(status), `POST ${name}: ${String(status)}`);
      if (status === 422) continue;
      const fresh = await Task.findByPk(body.id);
      assert.deepEqual(
        {
          seed: fresh?.seed,
          completedAt: fresh?.completedAt,
          deletedAt: fresh?.deletedAt,
          externalProvider: fresh?.externalProvider,
          externalId: fresh?.externalId,
          formKey: fresh?.formKey,
          revision: fresh?.revision,
          textRevision: fresh?.textRevision,
          userId: fresh?.userId,
          available: fresh?.available,
          position: fresh?.position,
        },
        {
          seed: false,
          completedAt: null,
          deletedAt: null,
          externalProvider: null,
          externalId: null,
          formKey: null,
          revision: 1,
          textRevision: 1,
          userId: world.ana.user.id,
          available: true,
          position: null,
        },
        name,
      );
      assert.ok(
        Math.abs((fresh?.createdAt.getTime() ?? 0) - Date.now()) < 60_000 &&
          Math.abs((fresh?.updatedAt.getTime() ?? 0) - Date.now()) < 60_000,
        name,
      );
    }
  });

  it('are ignored or rejected in a category', async () => {
    const created = await createCategory(world.ana.viewer, world.ana.list.id, { name: 'hers', color: 'red' });
    const names = ofCategories().filter((name) => name !== 'url');
    const before = pick(await Category.findByPk(created.id), names);
    for (const name of ofCategories()) {
      for (const method of ['PATCH', 'PUT']) {
        const { status } = await ana.ask(method, `/categories/${String(created.id)}`, {
          body: { name: 'hers', color: 'red', [name]: other(name) },
        });
        assert.ok([200, 422].includes(status), `${method} ${name}: ${String(status)}`);
      }
      assert.deepEqual(pick(await Category.findByPk(created.id), names), before, name);
      const { status, body } = await ana.post<{ id: number }>('/categories', {
        name: `new ${name}`,
        [name]: other(name),
      });
      assert.ok([201, 422].includes(status), `POST ${name}: ${String(status)}`);
      if (status === 201) assert.equal((await Category.findByPk(body.id))?.seed, false);
    }
  });

  it('are ignored or rejected in an account', async () => {
    const before = (await User.findByPk(world.ana.user.id))!.get({ plain: true });
    for (const name of [...ofUsers(), 'password', 'role', 'version', 'listId']) {
      const { status } = await ana.patch('/me', { name: 'Ana', [name]: other(name) });
      assert.ok([200, 422].includes(status), `${name}: ${String(status)}`);
      assert.deepEqual((await User.findByPk(world.ana.user.id))!.get({ plain: true }), before, name);
    }
  });

  it('are ignored in forms', async () => {
    const created = await createTask(world.ana.viewer, { listId: world.ana.list.id, description: 'hers' });
    const label = await createCategory(world.ana.viewer, world.ana.list.id, { name: 'label', color: 'red' });
    const names = [
      ...attributesExcept(Task, [
        'description',
        'notes',
        'dueOn',
        'priority',
        'availableFrom',
        'availableUntil',
        'assigneeId',
        'listId',
        'updatedAt',
        'textRevision',
        'formKey',
        'completed',
      ]),
    ];
    const [task, category, user] = [
      pick(await Task.findByPk(created.id), names),
      (await Category.findByPk(label.id))!.toJSON(),
      (await User.findByPk(world.ana.user.id))!.get({ plain: true }),
    ];
    const { client } = world.ana;
    for (const name of new Set([...names, ...ofCategories(), ...ofUsers(), 'order', 'url', 'version', 'role'])) {
      if (name === 'name') continue;
      const sent = { [name]: String(other(name)) };
      assert.ok(
        [303, 422].includes(
          (await client.patch(`/tasks/${String(created.id)}`, { description: 'hers', textRevision: '1', ...sent }))
            .status,
        ),
        name,
      );
      assert.ok(
        [303, 422].includes(
          (await client.patch(`/categories/${String(label.id)}`, { name: 'label', color: 'red', ...sent })).status,
        ),
        name,
      );
      await client.patch('/settings/language', { locale: 'en', ...sent });
      assert.deepEqual(pick(await Task.findByPk(created.id, { paranoid: false }), names), task, name);
      assert.deepEqual((await Category.findByPk(label.id))!.toJSON(), category, name);
      assert.deepEqual((await User.findByPk(world.ana.user.id))!.get({ plain: true }), user, name);
      assert.ok(
        [303, 422].includes((await client.post('/tasks', { description: `new ${name}`, ...sent })).status),
        name,
      );
      const fresh = await Task.findOne({ where: { description: `new ${name}` } });
      if (fresh)
        assert.deepEqual(
          {
            seed: fresh.seed,
            completedAt: fresh.completedAt,
            externalProvider: fresh.externalProvider,
            externalId: fresh.externalId,
            revision: fresh.revision,
            userId: fresh.userId,
            position: fresh.position,
          },
          {
            seed: false,
            completedAt: null,
            externalProvider: null,
            externalId: null,
            revision: 1,
            userId: world.ana.user.id,
            position: null,
          },
          name,
        );
    }
  });
});
