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
const ERRORS = 'test/support/errors.ts';

const workers = (env: Record<string, string> = {}): Program => {
  const program = runServer({ DATABASE_URL: database.url, DATA_DIR: dataDir, WEB_CONCURRENCY: '2', ...env }, [ERRORS]);
  running.push(program);
  return program;
};

/** Requests on a new connection, which any worker may accept. */
const status = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .on('error', reject);
  });

const runningWorkers = (program: Program): number[] => servingOf(program).filter(isRunning);
const waitForWorkers = (program: Program, count = 2): Promise<number[]> =>
  eventually(
    () => {
      const pids = runningWorkers(program);
      return pids.length === count && pids;
    },
    `${String(count)} workers`,
  );
/** Waits until the given worker has been replaced. @returns all workers */
const waitForReplacement = async (program: Program, pid: number): Promise<number[]> => {
  await eventually(() => !isRunning(pid), 'a worker to exit');
  return waitForWorkers(program);
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

  test('as many start as there are database connections for; an exited one is restarted, and SIGTERM stops all of them', async () => {
    const program = workers({ WEB_CONCURRENCY: '5', DB_CONNECTIONS: '11' });
    const address = await addressOf(program);
    const [first = 0, second = 0] = await waitForWorkers(program);
    assert.match(
      program.out(),
      /WEB_CONCURRENCY is 5, but only 2 workers start: .*DB_CONNECTIONS, 11.*set DB_CONNECTIONS=26/,
    );
    await eventually(async () => {
      assert.equal(await status(`${address}/login`), 200);
      return [first, second].every((pid) => new RegExp(`"pid":${String(pid)},.*"path":"/login"`).test(program.out()));
    }, 'both workers to respond');

    process.kill(first, 'SIGKILL');
    assert.equal(await status(`${address}/login`), 200, 'the other worker responds meanwhile');
    const [, third = 0] = await waitForReplacement(program, first);
    process.kill(second, 'SIGUSR2');
    await waitForReplacement(program, second);
    assert.match(program.out(), new RegExp(`"level":"fatal".*"pid":${String(second)}.*uncaught exception from a test`));
    assert.match(program.out(), new RegExp(`"pid":${String(second)},"code":1,.*worker exited`));
    process.kill(third, 'SIGWINCH');
    const last = await waitForReplacement(program, third);
    assert.match(program.out(), new RegExp(`"pid":${String(third)},"code":1,.*worker exited`));

    // Killing all at once must not change the port.
    for (const pid of last) process.kill(pid, 'SIGKILL');
    await eventually(() => !last.some(isRunning), 'both to exit');
    await waitForWorkers(program);
    await eventually(async () => (await status(`${address}/readyz`).catch(() => 0)) === 200, 'the server to be back');

    assert.equal(program.out().match(/^Taskwire is at/gm)?.length, 1);
    assert.deepEqual(await program.kill('SIGTERM'), { code: 0, signal: null });
    assert.deepEqual(servingOf(program).filter(isRunning), []);
    assert.equal(program.err(), '');
  });

  test('Ctrl-C, which the terminal sends to all and npm forwards, counts as one signal', async () => {
    const program = workers();
    await addressOf(program);
    const all = [...(await waitForWorkers(program)), program.child.pid ?? 0];
    for (const pid of all) process.kill(pid, 'SIGINT');
    program.child.kill('SIGINT');
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.doesNotMatch(program.out(), /worker exited/);
    assert.ok(!all.some(isRunning));
  });

  test('a second signal kills all of them at once, even stuck ones', async () => {
    const program = workers();
    await addressOf(program);
    const [stuck = 0, other = 0] = await waitForWorkers(program);
    process.kill(stuck, 'SIGSTOP');
    program.child.kill('SIGTERM');
    await eventually(() => !isRunning(other), 'the other worker to exit');
    await eventually(() => !program.child.kill('SIGTERM') || program.child.exitCode !== null, 'the primary to exit');
    assert.equal((await program.ended).code, 1);
    assert.doesNotMatch(program.out(), /shutdown timed out/);
    await eventually(() => !isRunning(stuck), 'the stuck worker to exit');
  });

  test('workers and the embedded database stop when the primary is killed, and the next start has the data', async () => {
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
      const all = await waitForWorkers(program);
      assert.deepEqual(await program.kill('SIGKILL'), { code: null, signal: 'SIGKILL' });
      await eventually(() => !all.some(isRunning), 'the workers to exit');

      const next = workers(env);
      assert.equal((await register(await addressOf(next))).status, 422, 'the email address is taken');
      assert.equal((await next.kill('SIGTERM')).code, 0);
    } finally {
      own.remove();
    }
  });

  test('a startup error of all workers is printed once, and status 1', async () => {
    const program = workers({ DATABASE_URL: urlOf({ ...database.connection, database: 'elsewhere' }) });
    assert.equal((await program.ended).code, 1);
    assert.equal(program.err().trim(), 'The database in DATABASE_URL does not exist: create it, or correct the name.');
    assert.deepEqual(runningWorkers(program), []);
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
