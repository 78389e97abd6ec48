import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { urlOf } from '../../src/config/connection.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { CRASHING } from '../support/errors.ts';
import { makeFolder } from '../support/folder.ts';
import { addressOf, eventually, isRunning, runServer, servingOf, type Program } from '../support/process.ts';

let database: TestDatabase;
const { dir: dataDir, remove } = makeFolder();
const running: Program[] = [];
const FAULTS = 'test/support/errors.ts';

const workers = (env: Record<string, string> = {}): Program => {
  const program = runServer({ DATABASE_URL: database.url, DATA_DIR: dataDir, WEB_CONCURRENCY: '2', ...env }, [FAULTS]);
  running.push(program);
  return program;
};

/** Asks on a connection of its own, which any of the workers may take. */
const status = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
      .on('error', reject);
  });

const livingOf = (program: Program): number[] => servingOf(program).filter(isRunning);
const whole = (program: Program, count = 2): Promise<number[]> =>
  eventually(
    () => {
      const living = livingOf(program);
      return living.length === count && living;
    },
    `${String(count)} workers`,
  );
/** Resolves with the workers after one that is named has been replaced. */
const replaced = async (program: Program, pid: number): Promise<number[]> => {
  await eventually(() => !isRunning(pid), 'the end of a worker');
  return whole(program);
};

suite('Several processes on one port', { concurrency: 2 }, () => {
  before(async () => {
    database = await createTestDatabase();
  });
  after(async () => {
    await Promise.all(running.map((program) => program.kill('SIGKILL')));
    await database.drop();
    remove();
  });

  test('as many as the database has connections for; an exited one is restarted, and a stop ends all of them', async () => {
    const program = workers({ WEB_CONCURRENCY: '5', DB_CONNECTIONS: '11' });
    const address = await addressOf(program);
    const [first = 0, second = 0] = await whole(program);
    assert.match(
      program.out(),
      /WEB_CONCURRENCY is 5, but only 2 workers start: .*DB_CONNECTIONS, 11.*set DB_CONNECTIONS=26/,
    );
    await eventually(async () => {
      assert.equal(await status(`${address}/login`), 200);
      return [first, second].every((pid) => new RegExp(`"pid":${String(pid)},.*"path":"/login"`).test(program.out()));
    }, 'both to answer');

    process.kill(first, 'SIGKILL');
    assert.equal(await status(`${address}/login`), 200, 'the other one answers meanwhile');
    const [, third = 0] = await replaced(program, first);
    process.kill(second, 'SIGUSR2');
    await replaced(program, second);
    assert.match(program.out(), new RegExp(`"level":"fatal".*"pid":${String(second)}.*nobody catches it`));
    assert.match(program.out(), new RegExp(`"pid":${String(second)},"code":1,.*worker exited`));
    process.kill(third, 'SIGWINCH');
    const last = await replaced(program, third);
    assert.match(program.out(), new RegExp(`"pid":${String(third)},"code":1,.*worker exited`));

    // All at once, and the port is the same.
    for (const pid of last) process.kill(pid, 'SIGKILL');
    await eventually(() => !last.some(isRunning), 'the end of both');
    await whole(program);
    await eventually(async () => (await status(`${address}/readyz`).catch(() => 0)) === 200, 'the server to be back');

    assert.equal(program.out().match(/^Taskwire is at/gm)?.length, 1);
    assert.deepEqual(await program.kill('SIGTERM'), { code: 0, signal: null });
    assert.deepEqual(servingOf(program).filter(isRunning), []);
    assert.equal(program.err(), '');
  });

  test('Ctrl-C, which the terminal sends to all and npm forwards, counts as one signal', async () => {
    const program = workers();
    await addressOf(program);
    const all = [...(await whole(program)), program.child.pid ?? 0];
    for (const pid of all) process.kill(pid, 'SIGINT');
    program.child.kill('SIGINT');
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.doesNotMatch(program.out(), /worker exited/);
    assert.ok(!all.some(isRunning));
  });

  test('a second signal ends all of them at once, also stuck ones', async () => {
    const program = workers();
    await addressOf(program);
    const [still = 0, other = 0] = await whole(program);
    process.kill(still, 'SIGSTOP');
    program.child.kill('SIGTERM');
    await eventually(() => !isRunning(other), 'the first to end in order');
    await eventually(() => !program.child.kill('SIGTERM') || program.child.exitCode !== null, 'the end');
    assert.equal((await program.ended).code, 1);
    assert.doesNotMatch(program.out(), /shutdown timed out/);
    await eventually(() => !isRunning(still), 'the end of the one that stood still');
  });

  test('workers and the embedded database end with the primary, and the next start has the data', async () => {
    const own = makeFolder();
    try {
      const env = { DATABASE_URL: '', DATA_DIR: own.dir };
      const program = workers(env);
      const address = await addressOf(program);
      const register = (at: string) =>
        fetch(`${at}/register`, {
          method: 'POST',
          redirect: 'manual',
          headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html' },
          body: new URLSearchParams({ name: 'Ana', email: 'ana@example.com', password: 'correct horse battery' }),
        });
      assert.equal((await register(address)).status, 303);
      const all = await whole(program);
      assert.deepEqual(await program.kill('SIGKILL'), { code: null, signal: 'SIGKILL' });
      await eventually(() => !all.some(isRunning), 'the end of the workers');

      const next = workers(env);
      assert.equal((await register(await addressOf(next))).status, 422, 'her address is taken');
      assert.equal((await next.kill('SIGTERM')).code, 0);
    } finally {
      own.remove();
    }
  });

  test('a startup error of all workers is printed once, and status 1', async () => {
    const program = workers({ DATABASE_URL: urlOf({ ...database.connection, database: 'elsewhere' }) });
    assert.equal((await program.ended).code, 1);
    assert.equal(program.err().trim(), 'The database in DATABASE_URL does not exist: create it, or correct the name.');
    assert.deepEqual(livingOf(program), []);
  });

  test('a port in use is printed once, and status 1', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const program = workers({ PORT: String(port) });
    assert.equal((await program.ended).code, 1);
    assert.match(
      program.err(),
      new RegExp(
        `^Port ${String(port)} is already in use: stop the other program, or set another port, such as PORT=${String(port + 1)}\\.\\n$`,
      ),
    );
    other.close();
  });

  test('a crash loop of workers ends with status 1', async () => {
    const program = workers({ [CRASHING]: '1' });
    assert.equal((await program.ended).code, 1);
    assert.equal(
      program.err().trim(),
      'The workers keep crashing (8 times in a row, the last with status 70): see their log lines above.',
    );
    assert.equal(program.out().match(/worker exited/g)?.length, 7);
  });
});
