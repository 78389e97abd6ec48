import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, suite, test } from 'node:test';
import pg from 'pg';
import { Task } from '../../src/models/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeFolder } from '../support/folder.ts';
import { addressOf, eventually, isRunning, runServer, servingOf, type Program } from '../support/process.ts';
import { openWorldOf, SESSION_SECRET } from '../support/server-world.ts';
import { openTab } from '../support/socket.ts';
import type { Person } from '../support/world.ts';

let database: TestDatabase;
let world: Awaited<ReturnType<typeof openWorldOf>>;
const { dir: dataDir, remove } = makeFolder();
const running: Program[] = [];

const serve = async (workers: number): Promise<{ program: Program; address: string }> => {
  const program = runServer({
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    SESSION_SECRET,
    WEB_CONCURRENCY: String(workers),
  });
  running.push(program);
  const address = await addressOf(program);
  if (workers > 1) await eventually(() => servingOf(program).length === workers, 'all workers');
  return { program, address };
};

/** Locks the person's list, so that creating a task waits until the lock is released. */
async function lockList({ list }: Person): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client(database.connection);
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM lists WHERE id = $1 FOR UPDATE', [list.id]);
  return {
    async release() {
      await client.query('COMMIT');
      await client.end();
    },
  };
}

/** The number of connections waiting for a lock. */
async function countWaiting(): Promise<number> {
  const [row] = (await Task.sequelize!.query(
    "SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    { plain: false },
  )) as unknown as [[{ n: number }]];
  return row[0].n;
}

interface Outcome {
  status: number | null;
  /** The error code if the connection failed, otherwise null. */
  error: string | null;
  /** Whether the connection had been used before, so that the server had accepted it. */
  reused: boolean;
}

/** Posts a task on a keep-alive connection. */
function post(agent: http.Agent, address: string, { client }: Person, description: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const headers = {
      cookie: client.cookieHeader,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const request = http.request(`${address}/tasks`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, error: null, reused: request.reusedSocket });
      });
      response.on('error', () => {
        resolve({ status: null, error: 'incomplete response', reused: true });
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ status: null, error: error.code ?? error.message, reused: request.reusedSocket });
    });
    request.end(new URLSearchParams({ description }).toString());
  });
}

suite('Shutdown', () => {
  before(async () => {
    database = await createTestDatabase();
    world = await openWorldOf(database.url);
  });
  after(async () => {
    await Promise.all(running.map((program) => program.kill('SIGKILL')));
    await world.close();
    await database.drop();
    remove();
  });

  for (const workers of [1, 2]) {
    const servers = workers === 1 ? 'one process' : 'two workers';

    test(`of ${servers} completes requests in flight, even those waiting for a lock, and accepts no new ones`, async () => {
      const { program, address } = await serve(workers);
      const ana = await world.person(`Ana${String(workers)}`, address);
      const tab = await openTab(ana);
      const lock = await lockList(ana);
      const slow = Array.from({ length: 4 }, (_, n) => ana.client.post('/tasks', { description: `slow ${String(n)}` }));
      await eventually(async () => (await countWaiting()) > 0, 'a request to wait');

      const ended = program.kill('SIGTERM');
      await eventually(
        () =>
          fetch(`${address}/healthz`, { headers: { connection: 'close' } }).then(
            () => false,
            () => true,
          ),
        'the port to be closed',
      );
      assert.equal(program.child.exitCode, null);
      await lock.release();
      assert.deepEqual(
        (await Promise.all(slow)).map(({ status }) => status),
        [303, 303, 303, 303],
      );
      assert.deepEqual(await ended, { code: 0, signal: null });
      await tab.ends.until((all) => all.length === 1);
      assert.equal(tab.all('new_task').length, 4, 'the last commits were still delivered');
      assert.deepEqual(servingOf(program).filter(isRunning), []);
      assert.equal(program.err(), '');
    });

    test(`of ${servers} under load drops no accepted connection`, async () => {
      const { program, address } = await serve(workers);
      const bob = await world.person(`Bob${String(workers)}`, address);
      const agent = new http.Agent({ keepAlive: true });
      const sent: Outcome[] = [];
      const acknowledged: string[] = [];
      const clients = Array.from({ length: 12 }, async (_, client) => {
        for (let n = 0; ; n += 1) {
          const description = `load ${String(client)} ${String(n)}`;
          const one = await post(agent, address, bob, description);
          sent.push(one);
          if (one.status === 303) acknowledged.push(description);
          if (one.error) return;
        }
      });
      await eventually(() => acknowledged.length > 100, 'the load');
      const ended = program.kill('SIGTERM');
      await Promise.all(clients);
      assert.deepEqual(await ended, { code: 0, signal: null });
      agent.destroy();

      assert.ok(sent.some(({ reused }) => reused));
      assert.deepEqual(
        sent.filter(({ status, error, reused }) => (error ? reused : status !== 303)),
        [],
      );
      const stored = (await Task.findAll({ where: { userId: bob.user.id } })).map(({ description }) => description);
      assert.deepEqual(stored.sort(), acknowledged.sort(), 'exactly the acknowledged tasks are stored');
    });
  }

  test('of one of two workers goes unnoticed by clients', async () => {
    const { program, address } = await serve(2);
    const eve = await world.person('Eve', address);
    const agent = new http.Agent({ keepAlive: true });
    const sent: Outcome[] = [];
    let sending = true;
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let n = 0; sending; n += 1)
        sent.push(await post(agent, address, eve, `while one stops ${String(client)} ${String(n)}`));
    });
    await eventually(() => sent.length > 50, 'the load');
    const [one = 0] = servingOf(program);
    process.kill(one, 'SIGTERM');
    await eventually(() => !isRunning(one), 'the worker to exit');
    await eventually(() => servingOf(program).length === 3, 'a replacement worker');
    const before = sent.length;
    await eventually(() => sent.length > before + 50, 'more load');
    sending = false;
    await Promise.all(clients);
    agent.destroy();
    assert.deepEqual(
      sent.filter(({ status }) => status !== 303),
      [],
    );
    assert.equal((await program.kill('SIGTERM')).code, 0);
  });
});
