import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import type { EmbeddedServer } from '../../src/embedded-postgres/index.ts';
import { query, Workspace } from './support/workspace.ts';

const asRoot = { skip: process.getuid?.() !== 0 && 'only root has another user run the server' };

/** A database of root's below a folder that nobody else can enter, with one row. */
async function databaseElsewhere(t: TestContext): Promise<{ workspace: Workspace; dir: string; place: string }> {
  const workspace = await Workspace.open(t);
  await fs.mkdir(workspace.path('private'), { mode: 0o700 });
  const dir = workspace.path('private', 'app', 'data');
  const server = await workspace.start({ dir });
  assert.equal(server.created, true);
  await query(server, 'CREATE TABLE kept AS SELECT 1 AS one');
  await server.stop();
  return { workspace, dir, place: path.dirname(server.dataDir) };
}

const keeps = async (server: EmbeddedServer): Promise<void> => {
  assert.equal(server.created, false);
  assert.deepEqual(await query(server, 'SELECT one FROM kept'), [{ one: 1 }]);
  await server.stop();
};

suite('The place of the embedded data', () => {
  test('is the folder that was asked for, which keeps it when it is renamed', async (t) => {
    const workspace = await Workspace.open(t);
    const first = await workspace.start();
    assert.deepEqual({ created: first.created, elsewhere: first.elsewhere }, { created: true, elsewhere: null });
    await query(first, 'CREATE TABLE kept AS SELECT 1 AS one');
    await first.stop();
    await fs.rename(workspace.path('data'), workspace.path('renamed'));
    await keeps(await workspace.start({ dir: workspace.path('renamed') }));
    const other = await workspace.start();
    assert.equal(other.created, true, 'an empty database is said to be new');
  });

  test('is elsewhere for root where its user cannot enter, and the start says where and why', asRoot, async (t) => {
    const { workspace, dir, place } = await databaseElsewhere(t);
    assert.equal(path.dirname(place), workspace.path('home'));
    const again = await workspace.start({ dir });
    assert.equal(
      again.elsewhere,
      `The data is in ${place} and not in ${dir}: PostgreSQL does not run as root, and its user could not enter that ` +
        'folder when the database was created.',
    );
    await keeps(again);
  });

  test('stays known when that folder is renamed or opened to others', asRoot, async (t) => {
    const { workspace, place } = await databaseElsewhere(t);
    await fs.rename(workspace.path('private', 'app'), workspace.path('private', 'renamed'));
    const renamed = workspace.path('private', 'renamed', 'data');
    await keeps(await workspace.start({ dir: renamed }));
    await fs.chmod(workspace.path('private'), 0o755);
    const opened = await workspace.start({ dir: renamed });
    assert.equal(path.dirname(opened.dataDir), place);
    await keeps(opened);
    // Moved back as the message of the start allows.
    await fs.rename(opened.dataDir, path.join(renamed, 'pg18'));
    const moved = await workspace.start({ dir: renamed });
    assert.equal(moved.elsewhere, null);
    await keeps(moved);
  });

  test('is not shared with a copy of the folder', asRoot, async (t) => {
    const { workspace, dir } = await databaseElsewhere(t);
    const copy = workspace.path('private', 'copy');
    await fs.cp(dir, copy, { recursive: true });
    await assert.rejects(workspace.start({ dir: copy }), {
      name: 'EmbeddedPostgresError',
      message: /belongs to .*app\/data, of which .*copy is a copy: remove .*data-is-in to start empty\.$/,
    });
    await fs.rm(path.join(copy, 'data-is-in'));
    const fresh = await workspace.start({ dir: copy });
    assert.equal(fresh.created, true);
    await keeps(await workspace.start({ dir }));
  });

  test('is refused, and not begun anew, where the data is gone', asRoot, async (t) => {
    const { workspace, dir, place } = await databaseElsewhere(t);
    await fs.rename(place, workspace.path('lost'));
    const gone = { name: 'EmbeddedPostgresError', message: /was in .*, which is not there: bring it back, or remove/ };
    await assert.rejects(workspace.start({ dir }), gone);
    await assert.rejects(workspace.start({ dir }), gone);
    await fs.rename(workspace.path('lost'), place);
    await keeps(await workspace.start({ dir }));
  });

  test('is refused to another user than root', async (t) => {
    const workspace = await Workspace.open(t);
    await fs.mkdir(workspace.path('data'));
    await fs.writeFile(workspace.path('data', 'data-is-in'), `${workspace.path('home', '0123456789ab')}\n`);
    await assert.rejects(workspace.start({}, workspace.host({ uid: 1234 })), {
      name: 'EmbeddedPostgresError',
      message: /is in .*0123456789ab, where root has put it: start the app as root, or move the data into/,
    });
  });

  test('is never outside home, whatever the folder says', asRoot, async (t) => {
    for (const said of ['/etc', '../../etc', '0123456789ab/../..', '\0', '']) {
      const workspace = await Workspace.open(t);
      await fs.mkdir(workspace.path('data'));
      await fs.writeFile(workspace.path('data', 'data-is-in'), said);
      const { dataDir } = await workspace.start({ ephemeral: false });
      assert.equal(dataDir, workspace.path('data', 'pg18'));
    }
  });
});
