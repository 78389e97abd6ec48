import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Task } from '../../src/models/index.ts';
import { makeFolder } from '../support/folder.ts';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts';
import { addressOf, eventually, isRunning, runServer, servingOf, type Program } from '../support/process.ts';
import { openWorldOf, SESSION_SECRET } from '../support/server-world.ts';
import { openTab, type Tab } from '../support/socket.ts';
import type { Person } from '../support/world.ts';

/** Time limit in milliseconds for recovery. */
const RECOVERY_LIMIT_MS = 10_000;

let postgres: OwnPostgres;
let world: Awaited<ReturnType<typeof openWorldOf>>;
let program: Program;
let address: string;
let ana: Person;
let tab: Tab;
const { dir: dataDir, remove } = makeFolder();

const status = async (page: string): Promise<number> => (await fetch(address + page)).status;

/** Requests a page often enough to reach both workers. @returns the distinct statuses */
async function statusesOf(page: string): Promise<Set<number>> {
  const responses = await Promise.all(
    Array.from({ length: 8 }, () => fetch(address + page, { headers: { connection: 'close' } })),
  );
  return new Set(responses.map((response) => response.status));
}

async function assertRecovers(since: number): Promise<void> {
  await eventually(async () => {
    const statuses = await statusesOf('/readyz');
    return statuses.size === 1 && statuses.has(200);
  }, 'the server to be ready again');
  assert.ok(performance.now() - since < RECOVERY_LIMIT_MS, `recovery took ${String(performance.now() - since)} ms`);
}

/** Asserts that a new task, created in either process, arrives in the tab opened at the start. */
async function assertDelivers(description: string): Promise<void> {
  assert.equal((await ana.client.post('/tasks', { description })).status, 303);
  await tab.waitFor('new_task', (task) => 'description' in task && task.description === description, RECOVERY_LIMIT_MS);
}

suite('A database restart with two workers', () => {
  before(async () => {
    postgres = await startOwnPostgres();
    const url = await postgres.createDatabase('taskwire');
    world = await openWorldOf(url);
    program = runServer({
      DATABASE_URL: url,
      DATABASE_SSL: 'off',
      DATA_DIR: dataDir,
      SESSION_SECRET,
      WEB_CONCURRENCY: '2',
    });
    address = await addressOf(program);
    ana = await world.person('Ana', address);
    await eventually(() => servingOf(program).length === 2, 'two workers');
    tab = await openTab(ana, { reconnection: true });
  });
  after(async () => {
    tab?.close();
    await program?.kill('SIGKILL');
    await world?.close();
    await postgres?.remove();
    remove();
  });

  for (const mode of ['fast', 'immediate'] as const) {
    test(`a stop in mode ${mode} makes pages respond with 503, also for signed-in people, until the database is back`, async () => {
      await assertDelivers(`before ${mode}`);
      await postgres.stop(mode);
      assert.deepEqual(await statusesOf('/healthz'), new Set([200]));
      assert.deepEqual(await statusesOf('/readyz'), new Set([503]));
      for (const page of [
        await ana.client.get('/tasks'),
        await ana.client.get('/login'),
        await ana.client.post('/tasks', { description: 'lost' }),
      ]) {
        assert.deepEqual(
          { status: page.status, retryAfter: page.headers.get('retry-after') },
          { status: 503, retryAfter: '5' },
        );
        assert.match(page.text, /<h1>Taskwire is not ready\./);
        assert.equal(page.headers.get('set-cookie'), null, 'people stay signed in');
      }
      const refused = await ana.client.json('GET', '/tasks', undefined);
      assert.deepEqual(
        { status: refused.status, contentType: refused.headers.get('content-type') },
        { status: 503, contentType: 'application/problem+json; charset=utf-8' },
      );

      await postgres.start();
      const since = performance.now();
      await assertRecovers(since);
      assert.match((await ana.client.get('/tasks')).text, new RegExp(`before ${mode}`));
      await assertDelivers(`after ${mode}`);
      assert.ok(performance.now() - since < 2 * RECOVERY_LIMIT_MS);
    });

    test(`a restart in mode ${mode} during writes stores every acknowledged task once, and all other responses are 503`, async () => {
      const acknowledged: string[] = [];
      const statuses = new Set<number>();
      let writing = true;
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let n = 0; writing; n += 1) {
          const description = `${mode} ${String(writer)} ${String(n)}`;
          const { status: code } = await ana.client.post('/tasks', { description });
          statuses.add(code);
          if (code === 303) acknowledged.push(description);
        }
      });
      await eventually(() => acknowledged.length > 20, 'the first tasks');
      await postgres.restart(mode);
      const since = performance.now();
      const before = acknowledged.length;
      await eventually(() => acknowledged.length > before + 20, 'tasks after the restart');
      assert.ok(performance.now() - since < RECOVERY_LIMIT_MS);
      writing = false;
      await Promise.all(writers);

      assert.deepEqual(
        [...statuses].filter((code) => code !== 303 && code !== 503),
        [],
      );
      const rows = await eventually(
        () => Task.findAll({ attributes: ['description'] }).catch(() => null),
        'the database',
      );
      const stored = rows.map(({ description }) => description);
      assert.equal(new Set(stored).size, stored.length, 'nothing is stored twice');
      assert.deepEqual(
        acknowledged.filter((description) => !stored.includes(description)),
        [],
      );
      await assertDelivers(`after writing ${mode}`);
    });
  }

  test('no process has exited, and shutdown is graceful', async () => {
    assert.doesNotMatch(program.out(), /worker exited|uncaught/);
    assert.equal(servingOf(program).filter(isRunning).length, 2);
    assert.equal(await status('/healthz'), 200);
    assert.deepEqual(await program.kill('SIGTERM'), { code: 0, signal: null });
    // Ignores what Sequelize prints about aborted transactions.
    assert.doesNotMatch(program.err(), /^(?!(Committing|Rolling back) transaction \S+ failed)./m);
  });

  test('shutdown is also graceful while the database is down', async () => {
    const url = await postgres.createDatabase('another');
    const other = runServer({ DATABASE_URL: url, DATABASE_SSL: 'off', DATA_DIR: dataDir, SESSION_SECRET });
    const at = await addressOf(other);
    assert.equal((await fetch(`${at}/login`)).status, 200);
    await postgres.stop('immediate');
    assert.deepEqual(await other.kill('SIGTERM'), { code: 0, signal: null });
    await postgres.start();
  });
});
