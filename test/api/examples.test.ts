import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Operation } from '../../src/api/operation.ts';
import { operations } from '../../src/api/operations/index.ts';
import { Category, Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';
import { promoteUser } from '../../src/models/user/rights.ts';
import { followTask } from '../../src/models/follow/commands.ts';
let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  await promoteUser(world.ana.user);
});
after(() => app.close());

/** Creates the record that the operation needs. @returns its id */
async function idFor({ method, path }: Operation): Promise<number> {
  const { list, user } = world.ana;
  if (path.startsWith('/lists')) return list.id;
  if (path.startsWith('/categories'))
    return (
      await Category.create({
        listId: list.id,
        name: { original: `For ${path} ${String(Math.random())}` },
        color: 'red',
      })
    ).id;
  if (path.startsWith('/users')) return method === 'put' ? world.bob.user.id : user.id;
  const task = await Task.create({ listId: list.id, userId: user.id, description: 'An example' });
  if (path.startsWith('/follows/')) return (await followTask(world.ana.viewer, task.id)).follow.id;
  if (path.endsWith('/restore')) await task.destroy();
  return task.id;
}

async function run(program: Program, one: Operation): Promise<number> {
  const { method, path, example = {}, reads } = one;
  const id = await idFor(one);
  const address = path.replace('{id}', String(id));
  const { status } = await program.ask(method.toUpperCase(), address, {
    ...example,
    ...(path === '/follows' && { body: { taskId: id } }),
    ...(reads?.[0] && { headers: { 'content-type': reads[0] } }),
  });
  return status;
}

describe('the examples in the documentation', () => {
  for (const one of operations) {
    it(`${one.method.toUpperCase()} ${one.path} works as documented`, async () => {
      const status = await run(await programOf(app, world.ana), one);
      assert.ok(Object.keys(one.responses).includes(String(status)), String(status));
    });
  }

  it('exist for every request body', () => {
    assert.deepEqual(
      operations
        .filter(({ body, reads, example }) => (body ?? reads) && example?.body === undefined)
        .map(({ method, path }) => `${method} ${path}`),
      [],
    );
  });
});
