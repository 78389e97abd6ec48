import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Task } from '../../src/models/index.ts';
import { makeFolder } from '../support/folder.ts';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts';
import { addressOf, eventually, isRunning, runServer, servingOf, type Program } from '../support/process.ts';
import { openWorldOf, SESSION_SECRET } from '../support/server-world.ts';
import { openTab, type Tab } from '../support/socket.ts';
import type { Person } from '../support/world.ts';

/** Milliseconds in which everything is as before, by itself. */
const BACK = 10_000;

let postgres: OwnPostgres;
let world: Awaited<ReturnType<typeof openWorldOf>>;
let program: Program;
let address: string;
let ana: Person;
let tab: Tab;
const { dir: dataDir, remove } = makeFolder();

const status = async (page: string): Promise<number> => (await fetch(address + page)).status;

/** Asks often enough that each of the two workers is asked. */
async function everywhere(page: string): Promise<Set<number>> {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => fetch(address + page, { headers: { connection: 'close' } })),
  );
  return new Set(answers.map((answer) => answer.status));
}

async function backWithin(since: number): Promise<void> {
  await eventually(async () => {
    const answers = await everywhere('/readyz');
    return answers.size === 1 && answers.has(200);
  }, 'the server to be ready again');
  assert.ok(performance.now() - since < BACK, `it took ${String(performance.now() - since)} ms`);
}

/** A task that is made now, in either process, arrives in the tab that has been open all along. */
async function delivers(description: string): Promise<void> {
  assert.equal((await ana.client.post('/tasks', { description })).status, 303);
  await tab.waitFor('new_task', (task) => 'description' in task && task.description === description, BACK);
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
    test(`away in mode ${mode}: pages say so, also to who is signed in; back: everything is as before`, async () => {
      await delivers(`before ${mode}`);
      await postgres.stop(mode);
      assert.deepEqual(await everywhere('/healthz'), new Set([200]));
      assert.deepEqual(await everywhere('/readyz'), new Set([503]));
      for (const page of [
        await ana.client.get('/tasks'),
        await ana.client.get('/login'),
        await ana.client.post('/tasks', { description: 'lost' }),
      ]) {
        assert.deepEqual([page.status, page.headers.get('retry-after')], [503, '5']);
        assert.match(page.text, /<h1>Taskwire is not ready\./);
        assert.equal(page.headers.get('set-cookie'), null, 'who is signed in stays so');
      }
      const refused = await ana.client.json('GET', '/tasks', undefined);
      assert.deepEqual(
        [refused.status, refused.headers.get('content-type')],
        [503, 'application/problem+json; charset=utf-8'],
      );

      await postgres.start();
      const since = performance.now();
      await backWithin(since);
      assert.match((await ana.client.get('/tasks')).text, new RegExp(`before ${mode}`));
      await delivers(`after ${mode}`);
      assert.ok(performance.now() - since < 2 * BACK);
    });

    test(`restarted in mode ${mode} while people write: what was acknowledged is stored once, and all else was a 503`, async () => {
      const acknowledged: string[] = [];
      const answers = new Set<number>();
      let writing = true;
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let n = 0; writing; n += 1) {
          const description = `${mode} ${String(writer)} ${String(n)}`;
          const { status: said } = await ana.client.post('/tasks', { description });
          answers.add(said);
          if (said === 303) acknowledged.push(description);
        }
      });
      await eventually(() => acknowledged.length > 20, 'the first tasks');
      await postgres.restart(mode);
      const since = performance.now();
      const before = acknowledged.length;
      await eventually(() => acknowledged.length > before + 20, 'tasks after the restart');
      assert.ok(performance.now() - since < BACK);
      writing = false;
      await Promise.all(writers);

      assert.deepEqual(
        [...answers].filter((said) => said !== 303 && said !== 503),
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
      await delivers(`after writing ${mode}`);
    });
  }

  test('no process has exited, and a stop is graceful', async () => {
    assert.doesNotMatch(program.out(), /worker exited|uncaught/);
    assert.equal(servingOf(program).filter(isRunning).length, 2);
    assert.equal(await status('/healthz'), 200);
    assert.deepEqual(await program.kill('SIGTERM'), { code: 0, signal: null });
    // What Sequelize says of the transactions that were cut.
    assert.doesNotMatch(program.err(), /^(?!(Committing|Rolling back) transaction \S+ failed)./m);
  });

  test('a stop while it is down is graceful too', async () => {
    const url = await postgres.createDatabase('another');
    const other = runServer({ DATABASE_URL: url, DATABASE_SSL: 'off', DATA_DIR: dataDir, SESSION_SECRET });
    const at = await addressOf(other);
    assert.equal((await fetch(`${at}/login`)).status, 200);
    await postgres.stop('immediate');
    assert.deepEqual(await other.kill('SIGTERM'), { code: 0, signal: null });
    await postgres.start();
  });
});
