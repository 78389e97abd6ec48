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

/** Holds what a new task of that person needs, until it is let go. */
async function hold({ list }: Person): Promise<{ letGo(): Promise<void> }> {
  const client = new pg.Client(database.connection);
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM lists WHERE id = $1 FOR UPDATE', [list.id]);
  return {
    async letGo() {
      await client.query('COMMIT');
      await client.end();
    },
  };
}

/** How many are waiting for a lock. */
async function waiting(): Promise<number> {
  const [row] = (await Task.sequelize!.query(
    "SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    { plain: false },
  )) as unknown as [[{ n: number }]];
  return row[0].n;
}

interface Sent {
  status: number | null;
  /** The system's code of what cut it, null where nothing did. */
  cut: string | null;
  /** It was sent on a connection that had been used before: a connection that was accepted. */
  kept: boolean;
}

/** Posts a task on connections that are kept open. */
function post(agent: http.Agent, address: string, { client }: Person, description: string): Promise<Sent> {
  return new Promise((resolve) => {
    const headers = {
      cookie: client.cookieHeader,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const request = http.request(`${address}/tasks`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, cut: null, kept: request.reusedSocket });
      });
      answer.on('error', () => {
        resolve({ status: null, cut: 'half an answer', kept: true });
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ status: null, cut: error.code ?? error.message, kept: request.reusedSocket });
    });
    request.end(new URLSearchParams({ description }).toString());
  });
}

suite('A stop', () => {
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

    test(`of ${servers} answers requests in flight, also ones waiting for a lock, and accepts no new ones`, async () => {
      const { program, address } = await serve(workers);
      const ana = await world.person(`Ana${String(workers)}`, address);
      const tab = await openTab(ana);
      const held = await hold(ana);
      const slow = Array.from({ length: 4 }, (_, n) => ana.client.post('/tasks', { description: `slow ${String(n)}` }));
      await eventually(async () => (await waiting()) > 0, 'a request that waits');

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
      await held.letGo();
      assert.deepEqual(
        (await Promise.all(slow)).map(({ status }) => status),
        [303, 303, 303, 303],
      );
      assert.deepEqual(await ended, { code: 0, signal: null });
      await tab.ends.until((all) => all.length === 1);
      assert.equal(tab.all('new_task').length, 4, 'what was committed last was still delivered');
      assert.deepEqual(servingOf(program).filter(isRunning), []);
      assert.equal(program.err(), '');
    });

    test(`of ${servers} under load cuts off no accepted connection`, async () => {
      const { program, address } = await serve(workers);
      const bob = await world.person(`Bob${String(workers)}`, address);
      const agent = new http.Agent({ keepAlive: true });
      const sent: Sent[] = [];
      const acknowledged: string[] = [];
      const clients = Array.from({ length: 12 }, async (_, client) => {
        for (let n = 0; ; n += 1) {
          const description = `load ${String(client)} ${String(n)}`;
          const one = await post(agent, address, bob, description);
          sent.push(one);
          if (one.status === 303) acknowledged.push(description);
          if (one.cut) return;
        }
      });
      await eventually(() => acknowledged.length > 100, 'the load');
      const ended = program.kill('SIGTERM');
      await Promise.all(clients);
      assert.deepEqual(await ended, { code: 0, signal: null });
      agent.destroy();

      assert.ok(sent.some(({ kept }) => kept));
      assert.deepEqual(
        sent.filter(({ status, cut, kept }) => (cut ? kept : status !== 303)),
        [],
      );
      const stored = (await Task.findAll({ where: { userId: bob.user.id } })).map(({ description }) => description);
      assert.deepEqual(stored.sort(), acknowledged.sort(), 'what was refused was not stored');
    });
  }

  test('of one of two workers is not noticed by clients', async () => {
    const { program, address } = await serve(2);
    const eve = await world.person('Eve', address);
    const agent = new http.Agent({ keepAlive: true });
    const sent: Sent[] = [];
    let asking = true;
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let n = 0; asking; n += 1)
        sent.push(await post(agent, address, eve, `while one stops ${String(client)} ${String(n)}`));
    });
    await eventually(() => sent.length > 50, 'the load');
    const [one = 0] = servingOf(program);
    process.kill(one, 'SIGTERM');
    await eventually(() => !isRunning(one), 'its end');
    await eventually(() => servingOf(program).length === 3, 'another in its place');
    const before = sent.length;
    await eventually(() => sent.length > before + 50, 'more load');
    asking = false;
    await Promise.all(clients);
    agent.destroy();
    assert.deepEqual(
      sent.filter(({ status }) => status !== 303),
      [],
    );
    assert.equal((await program.kill('SIGTERM')).code, 0);
  });
});
