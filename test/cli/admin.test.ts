import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeFolder } from '../support/folder.ts';
import { addressOf, runNode, runServer, type Program } from '../support/process.ts';

interface Said {
  code: number | null;
  out: string;
  err: string;
}

async function admin(env: Record<string, string>, ...args: string[]): Promise<Said> {
  const program = runNode(['scripts/run.mjs', 'cli/admin', ...args], env);
  const { code } = await program.ended;
  return { code, out: program.out().trim(), err: program.err().trim() };
}

const ana = { name: 'Ana', email: 'ana@example.com', password: 'the lamp by the window' };
const signedOut = async (client: Client): Promise<boolean> => (await client.get('/settings')).status === 303;

/** The operator's commands beside a running server, which they share the database with. */
async function resetsThePassword(client: Client, env: Record<string, string>): Promise<void> {
  assert.equal((await client.post('/register', ana)).status, 303);
  const { code, out, err } = await admin(env, 'reset-password', 'ANA@example.com');
  assert.deepEqual([code, err], [0, '']);
  const [, password] =
    /^ana@example\.com was signed out everywhere, and their API tokens were revoked\. The new password: (\S{23})$/.exec(
      out,
    ) ?? assert.fail(out);
  assert.ok(await signedOut(client));
  assert.equal((await client.post('/login', ana)).status, 422);
  assert.equal((await client.post('/login', { ...ana, password: password! })).status, 303);
}

describe('the operator', () => {
  let database: TestDatabase;
  let server: Program;
  let client: Client;
  let env: Record<string, string>;
  const { dir, remove } = makeFolder();
  before(async () => {
    database = await createTestDatabase();
    env = { DATABASE_URL: database.url, DATABASE_SSL: 'off', DATA_DIR: dir };
    server = runServer(env);
    client = new Client(await addressOf(server));
  });
  after(async () => {
    await server.kill();
    await database.drop();
    remove();
  });

  it('gives somebody a new password, and every session of theirs ends', () => resetsThePassword(client, env));

  it('shuts somebody out and lets them in again', async () => {
    assert.deepEqual(await admin(env, 'disable', 'ana@example.com', 'left', 'the', 'house'), {
      code: 0,
      out: 'ana@example.com was disabled and signed out everywhere.',
      err: '',
    });
    assert.ok(await signedOut(client));
    assert.deepEqual(await admin(env, 'enable', 'ana@example.com'), {
      code: 0,
      out: 'ana@example.com can sign in again.',
      err: '',
    });
    assert.ok(await signedOut(client), 'with a new session');
  });

  it('makes administrators', async () => {
    const bob = new Client(client.baseUrl);
    await bob.post('/register', { ...ana, name: 'Bob', email: 'bob@example.com' });
    assert.deepEqual(await admin(env, 'promote', 'bob@example.com'), {
      code: 0,
      out: 'bob@example.com is now an administrator.',
      err: '',
    });
  });

  it('is told in one sentence what is wrong', async () => {
    assert.deepEqual(await admin(env, 'promote', 'nobody@example.com'), {
      code: 1,
      out: '',
      err: 'No account has the email address nobody@example.com.',
    });
    for (const args of [['promote'], ['toString', 'ana@example.com']]) {
      const { code, out, err } = await admin(env, ...args);
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /^Usage:\n {2}npm run admin -- reset-password <email>/);
    }
    const elsewhere = await admin(
      { ...env, DATABASE_URL: database.url.replace(/test_\d+_\d+/, 'nowhere') },
      'promote',
      'ana@example.com',
    );
    assert.deepEqual(elsewhere, {
      code: 1,
      out: '',
      err: 'The database in DATABASE_URL does not exist: create it, or correct the name.',
    });
    const empty = await admin(
      { ...env, DATABASE_URL: database.url.replace(/test_\d+_\d+/, 'postgres') },
      'promote',
      'ana@example.com',
    );
    assert.deepEqual(empty, {
      code: 1,
      out: '',
      err: 'The database has no tables yet: start Taskwire once, or run `npm run migrate`.',
    });
  });
});

describe('the operator of the embedded database', () => {
  const { dir, remove } = makeFolder();
  after(remove);

  it('joins the running server, and starts the database where none runs', async () => {
    const env = { DATA_DIR: dir };
    const server = runServer(env);
    try {
      await resetsThePassword(new Client(await addressOf(server)), env);
    } finally {
      await server.kill();
    }
    assert.deepEqual(await admin(env, 'disable', 'ana@example.com'), {
      code: 0,
      out: 'ana@example.com was disabled and signed out everywhere.',
      err: '',
    });
    const again = runServer(env);
    try {
      const client = new Client(await addressOf(again));
      const { text } = await client.post('/login', ana);
      assert.match(text, /Wrong email address or password/);
    } finally {
      await again.kill();
    }
  });
});
