import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import { projectDir } from '../../src/config/env.ts';
import { nodeFlags, runnablePath } from '../support/compiled.ts';
import { makeFolder } from '../support/folder.ts';
import { freePort, runNode, runProgram, runServer, type Program } from '../support/process.ts';

const folder = makeFolder();
const { scripts } = JSON.parse(readFileSync(path.join(projectDir, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** What the operator sees of a program that does not start. */
async function refusal(program: Program): Promise<string> {
  const { code } = await program.ended;
  assert.equal(code, 1, program.out() + program.err());
  return program.err().trim();
}

const tool = (name: 'admin' | 'console', env: Record<string, string>): Program =>
  runNode(['scripts/run.mjs', `cli/${name}`, 'promote', 'ana@example.com'], { DATA_DIR: folder.dir, ...env });
const tools = ['admin', 'console'] as const;

/** A database that answers every connection with this error. */
async function failingDatabase(code: string, message: string): Promise<{ url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
      const head = Buffer.alloc(5, 'E');
      head.writeInt32BE(fields.length + 4, 1);
      socket.end(Buffer.concat([head, fields]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `postgres://ana@127.0.0.1:${String((server.address() as AddressInfo).port)}/tasks`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

suite('A start that cannot work', { concurrency: 2 }, () => {
  after(folder.remove);

  test('on an older Node, every command says in one sentence which one is needed', async () => {
    for (const version of ['20.11.1', '18.20.4', '12.22.0']) {
      const old = path.join(folder.dir, `node-${version}.cjs`);
      writeFileSync(
        old,
        `const versions = { ...process.versions, node: '${version}' };
        Object.defineProperty(process, 'versions', { value: versions });
        Object.defineProperty(process, 'version', { value: 'v${version}' });`,
      );
      const NODE_OPTIONS = `--require ${old}`;
      const programs = [
        ...['start', 'dev', 'build', 'admin', 'console'].map((name) =>
          runProgram('sh', ['-c', scripts[name] ?? 'false'], { NODE_OPTIONS }),
        ),
        runNode(['node_modules/sequelize-cli/lib/sequelize', 'db:migrate'], { NODE_OPTIONS }),
        runNode([runnablePath('src/server.ts')], { NODE_OPTIONS }),
      ];
      for (const program of version === '20.11.1' ? programs : programs.slice(0, 1)) {
        assert.equal(
          await refusal(program),
          `Taskwire needs Node 20.12 or newer, and this is v${version}: install one from https://nodejs.org.`,
        );
      }
      await Promise.all(programs.map(({ ended }) => ended));
    }
  });

  test('what checks the version is understood by every Node', () => {
    const check = readFileSync(path.join(projectDir, 'scripts/check-node.cjs'), 'utf8');
    assert.doesNotMatch(check, /\b(const|let|import|async|class)\b|=>|`|\?\.|\?\?|node:/);
  });

  test('without the packages that build it, every command names the remedy once', async () => {
    const bare = makeFolder();
    for (const name of ['scripts', 'package.json', 'package-lock.json', '.sequelizerc'])
      cpSync(path.join(projectDir, name), path.join(bare.dir, name), { recursive: true });
    for (const name of ['start', 'admin', 'console'])
      for (const env of [{}, { NODE_ENV: 'production' }] as Record<string, string>[])
        assert.equal(
          await refusal(runProgram('sh', ['-c', scripts[name] ?? 'false'], env, bare.dir)),
          'Taskwire is not built, and the packages that build it are not installed: run `npm ci --include=dev`, then start it again.',
        );
    bare.remove();
  });

  test('several wrong and misspelt settings are one list, without a stack, for the server and for tools', async () => {
    const env = { NODE_ENV: 'prodution', DATABSE_URL: 'postgres://u:hush@h/d', DB_POOL_MAX: 'many', BCRYPT_COST: '3' };
    const list = [
      'Taskwire cannot start: 4 settings are invalid.',
      'DATABSE_URL is not a setting: did you mean DATABASE_URL?',
      'NODE_ENV is "prodution": use production or development, or remove it.',
      'DB_POOL_MAX is "many": must be a number of connections from 1 to 200.',
      'BCRYPT_COST is "3": must be a cost from 4 to 16.',
    ].join('\n  ');
    for (const name of tools) assert.equal(await refusal(tool(name, env)), list);
    assert.equal(
      await refusal(runServer({ ...env, DATA_DIR: folder.dir, PUBLIC_URL: 'tasks.example.com' })),
      list.replace('4 settings', '5 settings') +
        '\n  PUBLIC_URL is "tasks.example.com": use the address that people open, such as https://tasks.example.com.',
    );
  });

  test('a database that is down is said with its address by the tools; the server says so and waits', async () => {
    const port = String(await freePort());
    for (const host of ['127.0.0.1', 'localhost'])
      for (const name of tools)
        assert.match(
          await refusal(tool(name, { DATABASE_URL: `postgres://ana@${host}:${port}/tasks` })),
          new RegExp(
            `^The database cannot be reached \\(connect ECONNREFUSED \\S+:${port}\\): start it, or correct DATABASE_URL\\.$`,
          ),
        );
    const server = runServer({ DATABASE_URL: `postgres://ana@127.0.0.1:${port}/tasks`, DATA_DIR: folder.dir });
    await server.waitForOutput(/"reason":"connect ECONNREFUSED [^"]+","msg":"database unreachable, will retry"/);
    await server.kill();
    assert.doesNotMatch(server.out(), / {4}at /, 'no stack');
  });

  test('a full disk and exhausted descriptors of the database are said with the remedy', async () => {
    const shortages = [
      [
        '53100',
        'could not extend file "base/1": No space left on device',
        'free some space on the disk, which is full',
      ],
      [
        '53000',
        'out of file descriptors: Too many open files',
        'raise the limit of open files (`ulimit -n`), which is reached',
      ],
    ] as const;
    for (const [code, message, remedy] of shortages) {
      const database = await failingDatabase(code, message);
      const env = { DATABASE_URL: database.url, DATA_DIR: folder.dir };
      for (const program of [...tools.map((name) => tool(name, env)), runServer(env)])
        assert.equal(await refusal(program), `Taskwire cannot go on (${message}): ${remedy}.`);
      database.close();
    }
  });

  test('a full disk under the log is said in one sentence', async () => {
    const child = spawn(
      'sh',
      ['-c', 'exec "$@" >/dev/full', 'sh', process.execPath, ...nodeFlags(), runnablePath('src/server.ts')],
      {
        cwd: projectDir,
        env: {
          PATH: process.env.PATH,
          PORT: '0',
          DATA_DIR: folder.dir,
          DATABASE_URL: 'postgres://ana@127.0.0.1:1/tasks',
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let err = '';
    for await (const text of child.stderr.setEncoding('utf8')) err += String(text);
    assert.equal(
      err.trim(),
      'Taskwire cannot go on (ENOSPC: no space left on device, write): free some space on the disk, which is full.',
    );
  });

  test('too few file descriptors are said by the tools with the remedy', async () => {
    for (const limit of ['40', '60'])
      for (const name of tools) {
        const program = runProgram(
          'sh',
          ['-c', `ulimit -n ${limit}; exec node scripts/run.mjs cli/${name} promote ana@example.com`],
          { DATA_DIR: folder.dir },
        );
        const said = await refusal(program);
        assert.match(said, /^[^\n]*: raise the limit of open files \(`ulimit -n`\), which is reached\.$/);
      }
  });

  test(
    'a data directory that may not be written is named',
    { skip: process.getuid?.() === 0 && 'root may' },
    async () => {
      const program = runServer({ DATA_DIR: '/usr/share/taskwire', DATABASE_URL: 'postgres://ana@127.0.0.1:1/tasks' });
      assert.match(await refusal(program), /^Taskwire may not use \/usr\/share\S* \(EACCES\): .*DATA_DIR/);
    },
  );
});
