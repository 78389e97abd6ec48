/**
 * `npm test` runs every test but the slow ones, `npm run test:slow` those, and `npm test -- test/models test/x.test.ts`
 * what it is given. One temporary PostgreSQL serves the whole run; the page's assets and the compiled tests are brought
 * up to date before it.
 */
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { urlOf } from '../src/config/connection.ts';
import { projectDir } from '../src/config/env.ts';
import { chunk } from '../src/lib/chunk.ts';
import { CLUSTER_URL, startCluster } from '../test/support/cluster.ts';
import { compiledDir } from '../test/support/compiled.ts';
import { hasPython } from '../test/support/python.ts';
import { hasRedis } from '../test/support/redis.ts';
import { buildAssets } from './build-assets.ts';
import { compileGroup, compileTests } from './compile-tests.ts';
import { compileViews } from './compile-views.ts';

/**
 * Rehearsals, a third of the tests' time: crashes under load, a deployment, how processes start, stop and fail, lines
 * that break, the largest files, every page in four looks.
 */
const SLOW = [
  'test/reliability/reliability.test.ts',
  'test/reliability/broken-builds.test.ts',
  'test/deploy/',
  'test/server/',
  'test/cli/',
  'test/embedded-postgres/',
  'test/worst-input/files.test.ts',
  'test/browser/access.test.ts',
  'test/browser/connection.test.ts',
  'test/browser/fallback.test.ts',
  'test/browser/lost-connection.test.ts',
  'test/browser/server-restart.test.ts',
];
/** Files of one process: loading the server takes longer than most files run. */
const GROUP = 8;
/**
 * Folders whose files take minutes, and how many of them one process runs. They begin first: at the end, one alone would
 * keep everybody waiting.
 */
const LONG = new Map([
  ['worst-input', 1],
  ['access-matrix', 1],
  ['browser', 4],
]);
/** Milliseconds for one process; the nemesis runs for as long as it is asked to. */
const TIMEOUT = 900_000 + Number(process.env.NEMESIS_MINUTES ?? 1) * 90_000;

const args = process.argv.slice(2);
const slow = args.includes('--slow');
/** Processes at once, for two cores: the slow tests load the machine themselves, of the others many wait for times to pass. */
const concurrency = slow ? 2 : 3;
const paths = args.filter((arg) => arg !== '--slow');
const files = paths.length > 0 ? paths.flatMap(testFiles) : testFiles('test').filter((file) => isSlow(file) === slow);

await Promise.all([buildAssets(), compileTests(), compileViews(path.join(compiledDir, 'views'))]);
const entries = await Promise.all(groupsOf(files).map((group) => compileGroup(group)));
if (!hasRedis)
  console.log('Skipping the tests of the Redis bus: redis-server is missing (Debian: apt-get install redis-server).');
if (!hasPython)
  console.log(
    'Skipping the tests with Python clients: they are missing ' +
      '(Debian: apt-get install python3-socketio python3-websocket python3-aiohttp).',
  );
const cluster = await startCluster();
const runner = spawn(
  process.execPath,
  [
    '--enable-source-maps',
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${String(concurrency)}`,
    `--test-timeout=${String(TIMEOUT)}`,
    ...entries,
  ],
  {
    cwd: projectDir,
    stdio: 'inherit',
    env: {
      // From Node 22 on, V8's compiled code is kept from file to file.
      NODE_COMPILE_CACHE: path.join(projectDir, '.cache/node-compile-cache'),
      ...process.env,
      [CLUSTER_URL]: urlOf(cluster.connection),
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => runner.kill(signal));
runner.once('exit', (code) => {
  void cluster.stop().then(() => process.exit(code ?? 1));
});

function isSlow(file: string): boolean {
  return SLOW.some((place) => file.startsWith(place));
}

/** Long folders first; then one folder after another. A slow file is a process of its own. */
function groupsOf(tests: string[]): string[][] {
  const byFolder = new Map<string, string[]>();
  for (const file of tests) {
    const [, folder = ''] = file.split('/');
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  const long = [...LONG.keys()].reverse();
  const folders = [...byFolder].sort(([a], [b]) => long.indexOf(b) - long.indexOf(a));
  return folders.flatMap(([folder, within]) => [
    ...chunk(
      within.filter((file) => !isSlow(file)),
      LONG.get(folder) ?? GROUP,
    ),
    ...within.filter(isSlow).map((file) => [file]),
  ]);
}

/** @param place a test file, or a folder of them */
function testFiles(place: string): string[] {
  if (!statSync(path.join(projectDir, place)).isDirectory()) return [place];
  return readdirSync(path.join(projectDir, place), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.posix.join(place, file))
    .sort();
}
