/**
 * `npm test [-- file …]`: one throw-away PostgreSQL for the whole run, the page's assets as they are now, and
 * Node's own test runner. (The runner of Node 20 takes no patterns, so the files are listed here.)
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { urlOf } from '../src/config/connection.ts';
import { projectDir } from '../src/config/env.ts';
import { CLUSTER_URL, startCluster } from '../test/support/cluster.ts';
import { hasRedis } from '../test/support/redis.ts';

/** Each file is a process, and several of them start processes of their own. */
const CONCURRENCY = 2;
/** Milliseconds for one file: whatever hangs is ended and told. The nemesis strikes as long as it is asked to. */
const TIMEOUT = 300_000 + Number(process.env.NEMESIS_MINUTES ?? 1) * 90_000;

const asked = process.argv.slice(2);
const files = asked.length > 0 ? asked : testFiles();

const built = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/build-assets.ts'], {
  cwd: projectDir,
  stdio: 'inherit',
});
if (built.status !== 0) process.exit(1);

if (!hasRedis)
  console.log(
    'The tests of the Redis bus are left out: there is no redis-server here (on Debian: apt-get install redis-server).',
  );
const cluster = await startCluster();
const runner = spawn(
  process.execPath,
  [
    '--import',
    'tsx',
    '--enable-source-maps',
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${String(CONCURRENCY)}`,
    `--test-timeout=${String(TIMEOUT)}`,
    ...files,
  ],
  { cwd: projectDir, stdio: 'inherit', env: { ...process.env, [CLUSTER_URL]: urlOf(cluster.connection) } },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => runner.kill(signal));
runner.once('exit', (code) => {
  void cluster.stop().then(() => process.exit(code ?? 1));
});

function testFiles(): string[] {
  return readdirSync(path.join(projectDir, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.join('test', file))
    .sort();
}
