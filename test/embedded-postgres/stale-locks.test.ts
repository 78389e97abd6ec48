import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test, type TestContext } from 'node:test';
import { readLock, removeUnchanged } from '../../src/embedded-postgres/lock-file.ts';
import { processExists } from '../../src/embedded-postgres/host.ts';
import { eventually, query, Workspace } from './support/workspace.ts';

const LOCKS = ['postmaster.pid', '.s.PGSQL.5432.lock'];

/** A stopped cluster with data, shared by all tests here. */
let workspace: Workspace;
let dataDir: string;

before(async () => {
  workspace = await Workspace.open();
  const server = await workspace.start({ ephemeral: true });
  await query(server, 'CREATE TABLE kept AS SELECT 1 AS one');
  await server.stop();
  dataDir = server.dataDir;
});

after(() => workspace.close());

suite('Locks of a dead embedded PostgreSQL', () => {
  for (const name of LOCKS) {
    test(`${name} with the pid of an unrelated live process does not stop the next start`, async (t) => {
      await leaveLock(name, await startUnrelated(t));
      await assertStarts();
    });

    // Zombies can only be detected in /proc.
    if (process.platform === 'linux')
      test(`${name} with the pid of a zombie does not stop the next start`, async (t) => {
        await leaveLock(name, await zombie(t));
        await assertStarts();
      });

    test(`${name} with an unused pid does not stop the next start`, async () => {
      await leaveLock(name, await unusedPid());
      await assertStarts();
    });

    test(`an empty ${name}, as after a power failure, does not stop the next start`, async () => {
      await writeAsServer(name, '');
      await fs.utimes(path.join(dataDir, name), new Date(0), new Date(0));
      await assertStarts();
    });
  }

  test('both locks and a leftover socket do not stop the next start', async (t) => {
    const pid = await startUnrelated(t);
    for (const name of LOCKS) await leaveLock(name, pid);
    await writeAsServer('.s.PGSQL.5432', '');
    await assertStarts();
  });

  test('an unrelated process in the data folder is not taken for a server', async (t) => {
    await leaveLock('postmaster.pid', await startUnrelated(t, dataDir));
    await assertStarts();
  });

  test('the lock of a live server is left alone', async () => {
    const server = await workspace.start({ ephemeral: true });
    const before = await fs.readFile(path.join(dataDir, 'postmaster.pid'), 'utf8');
    assert.equal((await workspace.start({ ephemeral: true })).owner, false);
    assert.equal(await fs.readFile(path.join(dataDir, 'postmaster.pid'), 'utf8'), before);
    await server.stop();
  });

  test('a lock that was renewed after it was found stale is restored', async () => {
    await fs.mkdir(workspace.path('locks'));
    const file = workspace.path('locks', 'postmaster.pid');
    await fs.writeFile(file, '1\nstale\n');
    const stale = await readLock(file);
    assert.ok(stale);
    await fs.writeFile(file, '2\nnew\n');
    await removeUnchanged(stale);
    assert.equal(await fs.readFile(file, 'utf8'), '2\nnew\n');
    await fs.writeFile(file, '1\nstale\n');
    await Promise.all([removeUnchanged(stale), removeUnchanged(stale)]);
    assert.deepEqual(await fs.readdir(workspace.path('locks')), []);
  });
});

async function assertStarts(): Promise<void> {
  const server = await workspace.start({ ephemeral: true });
  assert.equal(server.owner, true);
  assert.deepEqual(await query(server, 'SELECT one FROM kept'), [{ one: 1 }]);
  await server.stop();
}

async function leaveLock(name: string, pid: number): Promise<void> {
  const lines = [
    pid,
    dataDir,
    1_700_000_000,
    5432,
    dataDir,
    '',
    ...(name === 'postmaster.pid' ? ['  1234567         0', 'ready   '] : []),
  ];
  await writeAsServer(name, `${lines.join('\n')}\n`);
}

async function writeAsServer(name: string, text: string): Promise<void> {
  const { uid, gid } = await fs.stat(dataDir);
  await fs.writeFile(path.join(dataDir, name), text, { mode: 0o600 });
  await fs.chown(path.join(dataDir, name), uid, gid);
}

/** Starts a process as the server's user: PostgreSQL ignores processes of other users. */
async function start(t: TestContext, script: string, cwd = '/') {
  const { uid, gid } = await fs.stat(dataDir);
  const child = spawn('/bin/sh', ['-c', script], {
    ...(process.getuid?.() === 0 && { uid, gid }),
    cwd,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  t.after(async () => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { process: child, pid: Number(line) };
}

const startUnrelated = async (t: TestContext, cwd?: string): Promise<number> =>
  (await start(t, 'echo $$; exec sleep 600', cwd)).pid;

/** Starts a process whose exited child is never reaped. */
async function zombie(t: TestContext): Promise<number> {
  const parent = await start(t, 'exec 3<&0; (read line <&3) & echo $!; exec 3<&-; exec sleep 600 </dev/null');
  await eventually(async () => (await fs.readFile(`/proc/${parent.process.pid ?? 0}/comm`, 'utf8')) === 'sleep\n');
  parent.process.stdin.end();
  await eventually(async () => /\) Z /.test(await fs.readFile(`/proc/${parent.pid}/stat`, 'utf8')));
  return parent.pid;
}

async function unusedPid(): Promise<number> {
  const child = spawn('/bin/sh', ['-c', 'exit']);
  await once(child, 'exit');
  assert.ok(child.pid !== undefined && !processExists(child.pid));
  return child.pid;
}
