import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import type { EmbeddedOptions, EmbeddedServer } from '../../src/embedded-postgres/index.ts';
import { eventually, query, serverPid, Workspace } from './support/workspace.ts';

/** A throw-away cluster for the tests that only need a running server. */
let workspace: Workspace;
before(async () => {
  workspace = await Workspace.open();
});
after(() => workspace.close());

async function shared(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> {
  await running?.stop();
  running = await workspace.start({ ephemeral: true, ...options });
  return running;
}
let running: EmbeddedServer | undefined;

suite('Starting the embedded PostgreSQL', () => {
  test('creates the cluster and the database at the first start and keeps them at the second', async (t) => {
    const workspace = await Workspace.open(t);
    const first = await workspace.start();
    assert.equal(first.owner, true);
    assert.match(first.version, /^18\.\d+$/);
    assert.equal(first.dataDir, workspace.path('data', 'pg18'));
    await query(first, 'CREATE TABLE kept AS SELECT 1 AS one');
    await first.stop();
    assert.equal(await serverPid(first.dataDir), undefined);

    const second = await workspace.start();
    assert.equal(second.owner, true);
    assert.deepEqual(second.connection, first.connection);
    assert.deepEqual(await query(second, 'SELECT one FROM kept'), [{ one: 1 }]);
    assert.deepEqual((await fs.readdir(workspace.path('data'))).sort(), ['pg18']);
  });

  test('uses UTF-8, ICU for comparing text and locale C for everything else', async () => {
    const server = await shared();
    assert.deepEqual(
      await query(
        server,
        `SELECT datlocprovider AS provider, datcollate AS collate, pg_encoding_to_char(encoding) AS encoding, 'a' < 'B' AS sorted
        FROM pg_database WHERE datname = current_database()`,
      ),
      [{ provider: 'i', collate: 'C', encoding: 'UTF8', sorted: true }],
    );
  });

  test('has the extensions btree_gin, pg_trgm, pgcrypto and citext', async () => {
    const server = await shared();
    await query(
      server,
      'CREATE EXTENSION btree_gin; CREATE EXTENSION pg_trgm; CREATE EXTENSION pgcrypto; CREATE EXTENSION citext',
    );
    await query(
      server,
      'CREATE TABLE tasks (list_id int, description text); CREATE INDEX ON tasks USING gin (list_id, description gin_trgm_ops)',
    );
  });

  test('uses fsync for a durable cluster and not for a throw-away one, in separate folders', async (t) => {
    const workspace = await Workspace.open(t);
    const durable = await workspace.start();
    const ephemeral = await workspace.start({ ephemeral: true });
    assert.notEqual(durable.dataDir, ephemeral.dataDir);
    const durability = `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name`;
    const all = (setting: string) =>
      ['fsync', 'full_page_writes', 'synchronous_commit'].map((name) => ({ name, setting }));
    assert.deepEqual(await query(durable, durability), all('on'));
    assert.deepEqual(await query(ephemeral, durability), all('off'));
  });

  test('allows the configured number of connections', async () => {
    const server = await shared({ maxConnections: 123 });
    assert.deepEqual(await query(server, 'SHOW max_connections'), [{ max_connections: '123' }]);
  });

  test('opens no TCP port', async () => {
    const server = await shared();
    assert.deepEqual(await query(server, 'SHOW listen_addresses'), [{ listen_addresses: '' }]);
    if (process.platform !== 'linux') return;
    const pid = await eventually(() => serverPid(server.dataDir));
    const descriptors = await fs.readdir(`/proc/${pid}/fd`);
    const links = await Promise.all(descriptors.map((fd) => fs.readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    const sockets = links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
    assert.ok(sockets.length > 0, 'the Unix socket is found');
    const tcp = (
      await Promise.all(
        ['tcp', 'tcp6'].map((table) => fs.readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')),
      )
    ).join('\n');
    const inodes = new Set(tcp.split('\n').map((line) => line.trim().split(/\s+/)[9]));
    assert.deepEqual(
      sockets.filter((inode) => inodes.has(inode)),
      [],
    );
  });

  test('gives no other user access to the socket and the data', async () => {
    const server = await shared();
    assert.equal((await fs.stat(server.dataDir)).mode & 0o077, 0);
    assert.equal((await fs.stat(`${server.connection.host}/.s.PGSQL.5432`)).mode & 0o077, 0);
  });

  test('works in a folder with spaces, commas, quotes and non-Latin letters', async (t) => {
    const workspace = await Workspace.open(t);
    const server = await workspace.start({
      dir: workspace.path(`it's "one", 二`),
      database: `a "b", 'c'`,
      ephemeral: true,
    });
    assert.deepEqual(await query(server, 'SELECT current_database() AS name'), [{ name: `a "b", 'c'` }]);
  });

  test('uses a private folder for the socket if the path is over 100 bytes, the same one every time', async (t) => {
    const workspace = await Workspace.open(t);
    const dir = workspace.path('ä'.repeat(45));
    const host = workspace.host({ temporary: workspace.path() });
    const first = await workspace.start({ dir }, host);
    const folder = first.connection.host;
    assert.ok(folder.startsWith(workspace.path('embedded-postgres-pg-')));
    assert.equal((await fs.stat(folder)).mode & 0o777, 0o700);
    await query(first, 'SELECT 1');
    await first.stop();
    const second = await workspace.start({ dir }, host);
    assert.equal(second.connection.host, folder);
    await fs.mkdir(workspace.path('other'));
    const elsewhere = await workspace.start({ dir }, workspace.host({ temporary: workspace.path('other') }));
    assert.deepEqual(
      { owner: elsewhere.owner, socketFolder: elsewhere.connection.host },
      { owner: false, socketFolder: folder },
      'a joining process gets the socket folder from the server',
    );
  });

  test('refuses a socket folder that is open to others', async (t) => {
    const workspace = await Workspace.open(t);
    const options = { dir: workspace.path('d'.repeat(90)) };
    const host = workspace.host({ temporary: workspace.path() });
    const { connection, stop } = await workspace.start(options, host);
    await stop();
    await fs.chmod(connection.host, 0o777);
    await assert.rejects(workspace.start(options, host), {
      name: 'EmbeddedPostgresError',
      message: /for itself, but .* open to others: remove it/,
    });
  });

  test('joins the server started by an earlier call in the same process', async (t) => {
    const workspace = await Workspace.open(t);
    const [one, two] = await Promise.all([
      workspace.start({ ephemeral: true }),
      workspace.start({ ephemeral: true, database: 'other' }),
    ]);
    assert.deepEqual([one.owner, two.owner].sort(), [false, true]);
    assert.deepEqual(await query(two, 'SELECT current_database() AS name'), [{ name: 'other' }]);
    const guest = one.owner ? two : one;
    await guest.stop();
    await query(one, 'SELECT 1');
  });

  test('ignores environment variables for other PostgreSQL servers', async (t) => {
    const settings: Record<string, string> = {
      PGDATA: '/nowhere',
      PGSSLMODE: 'require',
      PGPORT: '1',
      PGHOST: '203.0.113.1',
      PGUSER: 'nobody',
    };
    t.after(() => {
      for (const name of Object.keys(settings)) Reflect.deleteProperty(process.env, name);
    });
    Object.assign(process.env, settings);
    await query(await shared(), 'SELECT 1');
  });
});
