import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startApp, type TestApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { eventually } from '../support/process.ts';
import { programOf } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp({ dbPoolMax: 6 });
  world = await createWorld(app);
});
after(() => app.close());

/** Statements that wait for a lock, each with a connection of the pool. */
async function held(): Promise<number> {
  const [rows] = await app.sequelize.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows.length;
}

/**
 * @param lock locks what the requests need
 * @param most of them that may hold a connection meanwhile
 * @returns their statuses
 */
async function othersGoOn(
  lock: string,
  requests: () => Promise<{ status: number }>[],
  most: number,
): Promise<number[]> {
  const transaction = await app.sequelize.transaction();
  await app.sequelize.query(lock, { transaction });
  const sent = requests();
  await eventually(async () => (await held()) === most, `${String(most)} held statements`);
  assert.equal((await world.bob.client.get('/tasks')).status, 200);
  assert.equal(await held(), most);
  await transaction.commit();
  return (await Promise.all(sent)).map(({ status }) => status);
}

describe('many requests at once', () => {
  it('A45: of one person leave others their connections to the database', async () => {
    const { client, list } = world.ana;
    const create = (n: number) => client.post('/tasks', { description: `Task ${String(n)}` });
    const statuses = await othersGoOn(
      `SELECT FROM lists WHERE id = ${String(list.id)} FOR UPDATE`,
      () => Array.from({ length: 30 }, (_, n) => create(n)),
      3,
    );
    assert.deepEqual(new Set(statuses), new Set([303]), 'and each is answered in its turn');
  });

  it('A45: of a program leave others their connections, too', async () => {
    const program = await programOf(app, world.eve);
    const create = (n: number) => program.post('/tasks', { description: `Task ${String(n)}` });
    const statuses = await othersGoOn(
      `SELECT FROM lists WHERE id = ${String(world.eve.list.id)} FOR UPDATE`,
      () => Array.from({ length: 30 }, (_, n) => create(n)),
      3,
    );
    assert.deepEqual(new Set(statuses), new Set([201]));
  });

  it('A28: of somebody who guesses passwords leave others their connections', async () => {
    const guess = (n: number) =>
      new Client(app.url).post('/login', { email: `nobody${String(n)}@example.com`, password: 'a guess' });
    assert.equal((await guess(0)).status, 422);
    const statuses = await othersGoOn(
      "SELECT FROM throttles WHERE key LIKE 'address:%' FOR UPDATE",
      () => Array.from({ length: 30 }, (_, n) => guess(n)),
      1,
    );
    assert.deepEqual(new Set(statuses), new Set([422]));
  });
});
