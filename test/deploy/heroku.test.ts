import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { urlOf } from '../../src/config/connection.ts';
import { projectDir } from '../../src/config/env.ts';
import { Client } from '../support/client.ts';
import { cluster } from '../support/cluster.ts';
import { administer } from '../support/database.ts';
import { makeFolder } from '../support/folder.ts';
import { eventually, freePort, runProgram, servingOf, type Program } from '../support/process.ts';
import { openTab } from '../support/socket.ts';

const { dir, remove } = makeFolder();
const name = `heroku_${String(process.pid)}`;
const env: Record<string, string> = {
  NODE_ENV: 'production',
  SESSION_SECRET: 'made by the platform for this app',
  SETUP_TOKEN: 'made by the operator',
  DATABASE_SSL: 'off',
};
let web: Program | undefined;

/** The commands that the platform runs, by the name of their process. */
const procfile = (): Record<string, string> =>
  Object.fromEntries(
    readFileSync(path.join(dir, 'Procfile'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(/: (.*)/, 2) as [string, string]),
  );

const npm = (...args: string[]): void => {
  const { status, stdout, stderr } = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: dir,
    encoding: 'utf8',
  });
  assert.equal(status, 0, `npm ${args.join(' ')}\n${stdout}${stderr}`);
};

suite('What a platform does with this commit', () => {
  before(async () => {
    const server = await cluster();
    await administer(server, `CREATE ROLE ${name} LOGIN CONNECTION LIMIT 20`);
    await administer(server, `CREATE DATABASE ${name} OWNER ${name}`);
    env.DATABASE_URL = urlOf({ ...server, user: name, database: name });
  });
  after(async () => {
    await web?.kill('SIGKILL');
    const server = await cluster();
    await administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await administer(server, `DROP ROLE ${name}`);
    remove();
  });

  test('it is installed, built and pruned in an empty folder', () => {
    execFileSync('sh', ['-c', 'git -C "$1" archive HEAD | tar -x -C "$2"', 'sh', projectDir, dir]);
    npm('ci', '--include=dev');
    npm('run', 'build');
    npm('prune', '--omit=dev');

    const { packages } = JSON.parse(readFileSync(path.join(dir, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { dev?: boolean }>;
    };
    const left = Object.keys(packages).filter((place) => packages[place]?.dev && existsSync(path.join(dir, place)));
    assert.deepEqual(left, [], 'no development package can be loaded');
    assert.ok(!existsSync(path.join(dir, 'node_modules/typescript')), 'which only the build needs');
  });

  test('the release command brings the tables', async () => {
    const release = runProgram(
      'sh',
      ['-c', `exec ${procfile().release ?? 'false'}`],
      { ...env, DYNO: 'release.1' },
      dir,
    );
    assert.deepEqual(await release.ended, { code: 0, signal: null }, release.out() + release.err());
    assert.match(release.out(), /create-users: migrated/);
  });

  test('the web process does the main job behind the router, on twenty connections', async () => {
    const port = await freePort();
    // As the platform reckons it from the memory of a larger dyno.
    web = runProgram(
      'sh',
      ['-c', `exec ${procfile().web ?? 'false'}`],
      { ...env, DYNO: 'web.1', PORT: String(port), WEB_CONCURRENCY: '5' },
      dir,
    );
    const address = `http://127.0.0.1:${String(port)}`;
    await web.waitForOutput(/WEB_CONCURRENCY is 5, but only 3 workers start/);
    await web.waitForOutput(/^Taskwire is at/m);
    await eventually(() => servingOf(web!).length === 3, 'all three workers');
    const byRouter = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
    const client = new Client(address);

    const ana = { name: 'Ana', email: 'ana@example.com', password: 'correct horse battery' };
    assert.equal(
      (await client.post('/register', ana, byRouter)).status,
      422,
      'the first account takes the setup token',
    );
    const registered = await client.post('/register', { ...ana, setupToken: env.SETUP_TOKEN ?? '' }, byRouter);
    assert.equal(registered.status, 303);
    assert.match(registered.headers.get('set-cookie') ?? '', /^__Host-\S+; Path=\/;.* HttpOnly; Secure; SameSite=Lax/);
    assert.match(registered.headers.get('strict-transport-security') ?? '', /max-age/);

    const origin = `https://127.0.0.1:${String(port)}`;
    const tab = await openTab({ client }, { origin, headers: byRouter });
    assert.equal((await client.post('/tasks', { description: 'Deploy on a Friday' }, byRouter)).status, 303);
    const isOurs = (task: object): boolean => 'description' in task && task.description === 'Deploy on a Friday';
    await tab.waitFor('new_task', isOurs, 30_000);
    assert.match((await client.get('/tasks', {}, byRouter)).text, /Deploy on a Friday/);

    const many = await Promise.all(Array.from({ length: 100 }, () => client.get('/tasks', {}, byRouter)));
    assert.deepEqual([...new Set(many.map(({ status }) => status))], [200]);
    tab.close();
  });

  test('SIGTERM ends it in order', async () => {
    assert.deepEqual(await web?.kill('SIGTERM'), { code: 0, signal: null });
    assert.equal(web?.err(), '');
  });
});
