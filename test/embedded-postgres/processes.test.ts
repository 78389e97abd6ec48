import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import { waitForLoss, eventually, query, serverPid, Workspace } from './support/workspace.ts';

suite('Processes of the embedded PostgreSQL', () => {
  test('of two concurrent first starts one owns the server and the other joins it', async (t) => {
    const workspace = await Workspace.open(t);
    const apps = [workspace.fork(), workspace.fork()];
    const started = await Promise.all(apps.map((app) => app.report('started')));
    assert.deepEqual(started.map(({ owner }) => owner).sort(), [false, true]);
    assert.deepEqual(started[0]?.connection, started[1]?.connection);
    assert.deepEqual(await fs.readdir(workspace.path('data')), ['pg18'], 'nothing incomplete is left');
  });

  test('SIGKILL of the owner stops the server, and the next start has every acknowledged row', async (t) => {
    const workspace = await Workspace.open(t);
    for (const round of [1, 2]) {
      const app = workspace.fork();
      const { dataDir, owner } = await app.report('started');
      assert.equal(owner, true);
      const pid = await eventually(() => serverPid(dataDir));
      app.process.send('write');
      await eventually(() => app.reports.filter(({ kind }) => kind === 'committed').length > 100);
      await app.kill();
      const acknowledged = app.reports.flatMap((report) => (report.kind === 'committed' ? [report.row] : []));
      await eventually(async () => (await serverPid(dataDir)) !== pid);

      const server = await workspace.start();
      assert.equal(server.owner, true);
      const stored = new Set((await query<{ n: number }>(server, 'SELECT n FROM numbers')).map(({ n }) => n));
      assert.deepEqual(
        acknowledged.filter((row) => !stored.has(row)),
        [],
        `round ${round}`,
      );
      await query(server, 'TRUNCATE numbers');
      await server.stop();
    }
  });

  test('SIGKILL of the owner and the server together loses no acknowledged row', async (t) => {
    const workspace = await Workspace.open(t);
    const app = workspace.fork();
    const { dataDir } = await app.report('started');
    app.process.send('write');
    await eventually(() => app.reports.filter(({ kind }) => kind === 'committed').length > 100);
    process.kill(await eventually(() => serverPid(dataDir)), 'SIGKILL');
    await app.kill();
    const acknowledged = app.reports.flatMap((report) => (report.kind === 'committed' ? [report.row] : []));
    const server = await workspace.start();
    const stored = new Set((await query<{ n: number }>(server, 'SELECT n FROM numbers')).map(({ n }) => n));
    assert.deepEqual(
      acknowledged.filter((row) => !stored.has(row)),
      [],
    );
  });

  test('a start directly after SIGKILL of the owner waits for the old server to exit', async (t) => {
    const workspace = await Workspace.open(t);
    const app = workspace.fork();
    const { dataDir } = await app.report('started');
    const old = await serverPid(dataDir);
    process.kill(app.process.pid ?? 0, 'SIGKILL');
    let server = await workspace.start();
    if (!server.owner) {
      // The old server still accepted the connection while shutting down.
      await waitForLoss(server.lost);
      server = await workspace.start();
    }
    assert.equal(server.owner, true);
    assert.notEqual(await serverPid(dataDir), old);
    await query(server, 'SELECT 1');
  });

  if (process.platform === 'linux')
    test('SIGKILL at any moment of the first start leaves neither a server nor an incomplete cluster', async (t) => {
      const workspace = await Workspace.open(t);
      const dataDir = workspace.path('data', 'pg18');
      const moments: Record<string, () => boolean | Promise<boolean>> = {
        'initdb has started': async () =>
          (await listed(workspace.path('data'))).some((name) => name.startsWith('pg18.init-')),
        'the cluster exists': async () => (await listed(workspace.path('data'))).includes('pg18'),
        'the server was launched': async () => (await findProcesses(dataDir)).length > 0,
        'the lock file exists': async () => (await listed(dataDir)).includes('postmaster.pid'),
        'the socket exists': async () => (await listed(dataDir)).includes('.s.PGSQL.5432'),
      };
      for (const [moment, isReached] of Object.entries(moments)) {
        const app = workspace.fork();
        await eventually(isReached);
        await app.kill();
        await eventually(async () => (await findProcesses(workspace.path('data'))).length === 0);
        assert.equal((await listed(dataDir)).includes('postmaster.pid'), false, moment);
      }
      const server = await workspace.start();
      await query(server, 'SELECT 1');
      assert.deepEqual(await fs.readdir(workspace.path('data')), ['pg18']);
    });

  test('a joined process is notified when the server stops with its owner, and can restart it at the same address', async (t) => {
    const workspace = await Workspace.open(t);
    const app = workspace.fork({ ephemeral: true });
    await app.report('started');
    const joined = await workspace.start({ ephemeral: true });
    assert.equal(joined.owner, false);
    await app.kill();
    await waitForLoss(joined.lost);
    const own = await workspace.start({ ephemeral: true });
    assert.deepEqual({ owner: own.owner, connection: own.connection }, { owner: true, connection: joined.connection });
  });

  test('the owner is notified when the server is killed, but not when it stops it', async (t) => {
    const workspace = await Workspace.open(t);
    const killed = await workspace.start({ ephemeral: true });
    process.kill(await eventually(() => serverPid(killed.dataDir)), 'SIGKILL');
    await waitForLoss(killed.lost);
    const stopped = await workspace.start({ ephemeral: true });
    assert.equal(stopped.owner, true, 'backends of the killed server are waited for');
    let lost = false;
    void stopped.lost.then(() => {
      lost = true;
    });
    await Promise.all([stopped.stop(), stopped.stop()]);
    assert.equal(lost, false);
  });

  test('neither owning nor joining keeps a process alive, and the server stops with its owner', async (t) => {
    const workspace = await Workspace.open(t);
    const owner = workspace.fork({ ephemeral: true });
    const { dataDir } = await owner.report('started');
    const guest = workspace.fork({ ephemeral: true });
    await guest.report('started');
    for (const app of [guest, owner]) {
      const exit = once(app.process, 'exit');
      app.process.send('finish');
      assert.deepEqual(await exit, [0, null]);
    }
    await eventually(async () => (await serverPid(dataDir)) === undefined);
  });
});

const listed = (folder: string): Promise<string[]> => fs.readdir(folder).catch(() => []);

/** Pids of the running PostgreSQL processes with the text in their command line. */
async function findProcesses(text: string): Promise<string[]> {
  const pids = (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const lines = await Promise.all(pids.map((pid) => fs.readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return pids.filter(
    (_, index) => /initdb|postgres/.test(lines[index]?.split('\0')[0] ?? '') && lines[index]?.includes(text),
  );
}
