import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { urlOf } from '../../src/config/connection.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeFolder } from '../support/folder.ts';
import { createGate } from '../support/gate.ts';
import { addressOf, eventually, runServer, type Program } from '../support/process.ts';

let database: TestDatabase;
const { dir: dataDir, remove } = makeFolder();
const running: Program[] = [];

const settings = () => ({ DATABASE_URL: database.url, DATA_DIR: dataDir });
const server = (env: Record<string, string> = {}): Program => {
  const program = runServer({ ...settings(), ...env });
  running.push(program);
  return program;
};
const signIn = (address: string): Promise<Response> =>
  fetch(`${address}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html' },
    body: new URLSearchParams({ email: 'nobody@example.com', password: 'no such password' }),
  });
const status = async (url: string): Promise<number> => (await fetch(url, { redirect: 'manual' })).status;

suite('Start and stop', { concurrency: 2 }, () => {
  before(async () => {
    database = await createTestDatabase();
  });
  after(async () => {
    await Promise.all(running.map((program) => program.kill('SIGKILL')));
    await database.drop();
    remove();
  });

  test('one line prints the address, which serves pages', async () => {
    const program = server();
    const address = await addressOf(program);
    assert.equal(await status(`${address}/readyz`), 200);
    assert.equal(await status(`${address}/login`), 200);
    assert.equal(program.out().match(/^Taskwire is at/gm)?.length, 1);
    assert.deepEqual(await program.kill(), { code: 0, signal: null });
    assert.equal(program.err(), '');
  });

  test('a port in use gives one sentence with the remedy, and status 1', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const program = server({ PORT: String(port) });
    assert.equal((await program.ended).code, 1);
    assert.equal(
      program.err().trim(),
      `Port ${String(port)} is already in use: stop the other program, or set another port, such as PORT=${String(port + 1)}.`,
    );
    other.close();
  });

  test('all invalid settings are listed, and status 1', async () => {
    const program = server({ PORT: 'high', LOG_LEVEL: 'loud', NODE_ENV: 'production' });
    assert.equal((await program.ended).code, 1);
    assert.deepEqual(
      program
        .err()
        .trim()
        .split('\n')
        .map((line) => line.trim().split(' ')[0]),
      ['Taskwire', 'PORT', 'LOG_LEVEL', 'SESSION_SECRET'],
    );
  });

  test('a database that does not exist gives one sentence, and status 1', async () => {
    const program = server({ DATABASE_URL: urlOf({ ...database.connection, database: 'elsewhere' }) });
    assert.equal((await program.ended).code, 1);
    assert.equal(program.err().trim(), 'The database in DATABASE_URL does not exist: create it, or correct the name.');
  });

  test('an unreachable database is retried, at start and later, with the process up and pages answering 503', async () => {
    const gate = await createGate(database.connection);
    const program = server({ DATABASE_URL: gate.url });
    const [, port = ''] = await program.waitForOutput(/"port":(\d+),"msg":"listening"/);
    const address = `http://127.0.0.1:${port}`;
    assert.equal(await status(`${address}/healthz`), 200);
    assert.equal(await status(`${address}/readyz`), 503);
    const page = await fetch(`${address}/login`, { headers: { accept: 'text/html' } });
    assert.equal(page.status, 503);
    assert.match(page.headers.get('retry-after') ?? '', /^\d+$/);
    assert.match(await page.text(), /<h1>Taskwire is not ready\./);

    await gate.open();
    await addressOf(program);
    assert.equal(await status(`${address}/readyz`), 200);
    assert.equal((await signIn(address)).status, 422);

    await gate.close();
    assert.equal(await status(`${address}/healthz`), 200);
    assert.equal(await status(`${address}/readyz`), 503);
    const refused = await signIn(address);
    assert.deepEqual(
      { status: refused.status, retryAfter: refused.headers.get('retry-after') },
      { status: 503, retryAfter: '5' },
    );

    await gate.open();
    await eventually(async () => (await status(`${address}/readyz`)) === 200, 'the database to be back');
    assert.equal((await signIn(address)).status, 422);
    assert.equal((await program.kill()).code, 0);
    await gate.close();
  });

  test('SIGTERM stops a server that is waiting for its database', async () => {
    const { url } = await createGate(database.connection);
    const program = server({ DATABASE_URL: url });
    await program.waitForOutput(/will retry/);
    assert.deepEqual(await program.kill('SIGTERM'), { code: 0, signal: null });
  });

  test('SIGTERM lets a request in flight finish', async () => {
    const program = server();
    const address = await addressOf(program);
    // Hashing a password takes a while.
    const answer = signIn(address);
    await eventually(async () => (await fetch(`${address}/healthz`)).ok, 'a request after the first');
    const ended = program.kill('SIGTERM');
    assert.equal((await answer).status, 422);
    assert.equal((await ended).code, 0);
  });

  test('a second process joins the embedded database, and keeps it running when the first exits', async () => {
    const own = makeFolder();
    const env = { DATABASE_URL: '', DATA_DIR: own.dir };
    try {
      const first = server(env);
      await addressOf(first);
      const second = server(env);
      const address = await addressOf(second);
      assert.equal((await first.kill()).code, 0);
      await eventually(
        async () => (await status(`${address}/readyz`)) === 200 && (await status(`${address}/login`)) === 200,
        'the second process to run on its own',
      );
      assert.equal((await second.kill()).code, 0);
    } finally {
      own.remove();
    }
  });

  test('the embedded database starts with the server, stops on SIGINT, and keeps its data after SIGKILL', async () => {
    const own = makeFolder();
    const env = { DATABASE_URL: '', DATA_DIR: own.dir };
    const register = (address: string) =>
      fetch(`${address}/register`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html' },
        body: new URLSearchParams({ name: 'Ana', email: 'ana@example.com', password: 'correct horse battery' }),
      });
    try {
      const first = server(env);
      assert.equal((await register(await addressOf(first))).status, 303);
      assert.deepEqual(await first.kill('SIGKILL'), { code: null, signal: 'SIGKILL' });

      const second = server(env);
      assert.equal((await register(await addressOf(second))).status, 422, 'the email address is taken');
      assert.equal((await second.kill('SIGINT')).code, 0);

      const third = server(env);
      await addressOf(third);
      assert.equal((await third.kill()).code, 0);
    } finally {
      own.remove();
    }
  });
});
