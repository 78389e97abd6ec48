import assert from 'node:assert/strict';
import os from 'node:os';
import { after, before, suite, test } from 'node:test';
import { Client } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeFolder } from '../support/folder.ts';
import { addressOf, eventually, runNode, runServer, servingOf, type Program } from '../support/process.ts';

const production = { NODE_ENV: 'production', SESSION_SECRET: 'a secret for tests only' };
const ana = { name: 'Ana', email: 'ana@example.com', password: 'the lamp by the window' };
const CODE = /^There is no account yet\. .* setup code ([0-9a-f]{24})$/m;
const hasIpv6 = Object.values(os.networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

const running: Program[] = [];
const folder = makeFolder();
let database: TestDatabase;

const server = (env: Record<string, string>): Program => {
  const program = runServer({ DATABASE_URL: database.url, DATABASE_SSL: 'off', DATA_DIR: folder.dir, ...env });
  running.push(program);
  return program;
};
const count = (text: string, pattern: RegExp): number => [...text.matchAll(new RegExp(pattern, 'gm'))].length;

suite('The first start', { concurrency: 2 }, () => {
  before(async () => {
    database = await createTestDatabase();
  });
  after(async () => {
    await Promise.all(running.map((program) => program.kill('SIGKILL')));
    await database.drop();
    folder.remove();
  });

  test('in production prints a setup code once for all workers, without which nobody becomes administrator', async () => {
    const own = await createTestDatabase();
    const program = server({ ...production, DATABASE_URL: own.url, WEB_CONCURRENCY: '2' });
    const [, code = ''] = await program.waitForOutput(CODE);
    await eventually(() => servingOf(program).length === 2, 'both workers');
    const client = new Client(await addressOf(program));
    assert.match((await client.get('/register')).text, /name="setupToken"/);
    for (const setupToken of ['', 'f'.repeat(24)]) {
      const refused = await client.post('/register', { ...ana, setupToken });
      assert.equal(refused.status, 422);
      assert.match(refused.text, /id="setupToken-error"/);
    }
    assert.equal((await client.post('/register', { ...ana, setupToken: code })).status, 303);
    assert.equal(count(program.out(), CODE), 1);
    const bob = new Client(client.baseUrl);
    assert.doesNotMatch((await bob.get('/register')).text, /setupToken/);
    await program.kill();

    const again = server({ ...production, DATABASE_URL: own.url });
    await addressOf(again);
    await again.kill();
    assert.doesNotMatch(again.out(), /setup code/, 'nobody needs it any more');
    await own.drop();
  });

  test('does not print a setup token that was given, and asks for none outside production', async () => {
    const given = server({ ...production, SETUP_TOKEN: 'only-the-operator-knows' });
    await given.waitForOutput(/There is no account yet\. .*SETUP_TOKEN/);
    assert.doesNotMatch(given.out(), /only-the-operator-knows/);
    const plain = server({});
    const client = new Client(await addressOf(plain));
    assert.doesNotMatch((await client.get('/register')).text, /setupToken/);
    await plain.kill();
    assert.doesNotMatch(plain.out(), /no account yet/);
  });

  test('in production without PUBLIC_URL warns, and with it does not', async () => {
    const without = server(production);
    await without.waitForOutput(/"level":"warn".*PUBLIC_URL is not set.*https:\/\/tasks\.example\.com/);
    const given = server({ ...production, PUBLIC_URL: 'https://tasks.example.com' });
    await given.waitForOutput(/^Taskwire is at https:\/\/tasks\.example\.com\/$/m);
    await given.kill();
    assert.doesNotMatch(given.out(), /PUBLIC_URL/);
  });

  test('outside production only this machine is served, and the start says how to change that', async () => {
    const program = server({ HOST: '' });
    const address = await addressOf(program);
    assert.match(address, /^http:\/\/localhost:\d+$/);
    const { port } = new URL(address);
    assert.ok((await fetch(`http://127.0.0.1:${port}/healthz`)).ok);
    const others = Object.values(os.networkInterfaces()).flatMap((all) =>
      (all ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal).map((one) => one.address),
    );
    for (const other of others) await assert.rejects(fetch(`http://${other}:${port}/healthz`), TypeError, other);
    await program.waitForOutput(/^Only this machine can open it\. .*HOST=0\.0\.0\.0/m);
    await program.kill();

    const open = server({ HOST: '0.0.0.0' });
    assert.match(await addressOf(open), /^http:\/\/localhost:\d+$/, '0.0.0.0 is no address that opens');
    await open.kill();
    assert.doesNotMatch(open.out(), /Only this machine/);
  });

  test('prints an IPv6 address in brackets', { skip: !hasIpv6 && 'there is no IPv6 here' }, async () => {
    const ways: Record<string, string>[] = [{ HOST: '::1' }, { HOST: '[::1]', WEB_CONCURRENCY: '2' }];
    for (const env of ways) {
      const program = server(env);
      const address = await addressOf(program);
      assert.match(address, /^http:\/\/\[::1\]:\d+$/);
      assert.ok((await fetch(`${address}/healthz`)).ok);
      await program.kill();
    }
  });

  test('says that the embedded database is new, once, and where it is', async () => {
    const own = makeFolder();
    const env = { DATABASE_URL: '', DATA_DIR: own.dir };
    const first = server(env);
    await first.waitForOutput(/^A new, empty database was created in \S+\.$/m);
    await first.kill();
    const second = server(env);
    await addressOf(second);
    await second.kill();
    assert.doesNotMatch(second.out(), /A new, empty database/);
    own.remove();
  });

  test('MIGRATE_AT_START=off names the pending migrations, and serves once they have run', async () => {
    const empty = await createTestDatabase({ template: 'template0' });
    const env = { DATABASE_URL: empty.url, DATABASE_SSL: 'off', DATA_DIR: folder.dir };
    const program = server({ ...env, MIGRATE_AT_START: 'off' });
    const [line] = await program.waitForOutput(/^.*npm run migrate.*$/m);
    const { level, pending } = JSON.parse(line) as { level: string; pending: string[] };
    assert.equal(level, 'warn');
    assert.ok(pending.length > 10 && pending[0]?.endsWith('create-users.js'), String(pending));
    const [, port = ''] = await program.waitForOutput(/"port":(\d+),"msg":"listening"/);
    assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 503);
    assert.equal((await fetch(`http://127.0.0.1:${port}/login`)).status, 503);
    const { code } = await runNode(['node_modules/sequelize-cli/lib/sequelize', 'db:migrate'], env).ended;
    assert.equal(code, 0);
    const address = await addressOf(program);
    assert.equal((await fetch(`${address}/readyz`)).status, 200);
    assert.equal(count(program.out(), /npm run migrate/), 1, 'not at every look');
    await program.kill();

    const none = server({ ...env, MIGRATE_AT_START: 'off' });
    await addressOf(none);
    assert.doesNotMatch(none.out(), /pending/);
    await none.kill();
    await empty.drop();
  });
});
