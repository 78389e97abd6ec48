import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import type { Connection } from '../src/config/connection.ts';
import { postgresClient, startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { acquire } from './support/resources.ts';
import { createTasks } from './support/load.ts';
import { registerAll } from './support/people.ts';
import { startServer, terminate } from './support/server.ts';

const CONNECTIONS = 16;

/** The three writes of a create without triggers, on copies of our tables and indexes: what PostgreSQL alone can do. */
const THREE_WRITES = `
\\set list random(1, ${String(CONNECTIONS)})
BEGIN;
INSERT INTO bench_tasks (list_id, user_id, description) VALUES (:list, :list, 'A task of the benchmark') RETURNING id \\gset
UPDATE bench_lists SET version = version + 1 WHERE id = :list RETURNING version \\gset
INSERT INTO bench_events (list_id, version, name, actor_id, subject, subject_id, revision) VALUES (:list, :version, 'new_task', :list, 'task', :id, 1);
COMMIT;
`;

/** Compares creates over HTTP by 16 people, with one worker and with two, with pgbench doing the same three writes; alternating. */
export async function creates({ seconds, rounds }: { seconds: number; rounds: number }): Promise<Figure[]> {
  const { connection, env: database } = await acquire(startBenchDatabase);
  const env = { ...database, DB_POOL_MAX: String(CONNECTIONS), DB_CONNECTIONS: '60' };
  const one = await acquire(() => startServer(env));
  const two = await acquire(() => startServer({ ...env, WEB_CONCURRENCY: '2' }));
  const cookies = await registerAll(one.url, CONNECTIONS);
  await copyTables(connection);
  const measureRound = async (): Promise<{ one: number; two: number; pgbench: number }> => ({
    one: await createTasks(one.url, cookies, seconds),
    two: await createTasks(two.url, cookies, seconds),
    pgbench: await pgbench(connection, seconds),
  });
  await measureRound();
  const results = [];
  for (let round = 0; round < rounds; round += 1) results.push(await measureRound());
  return [
    { name: 'creates over HTTP, 16 connections', value: median(results.map((result) => result.one)), unit: '/s' },
    {
      name: 'creates over HTTP, 16 connections, 2 workers',
      value: median(results.map((result) => result.two)),
      unit: '/s',
    },
    {
      name: 'pgbench, the same three writes, 16 clients',
      value: median(results.map((result) => result.pgbench)),
      unit: '/s',
    },
    {
      name: 'creates over HTTP ÷ pgbench',
      value: median(results.map((result) => result.one / result.pgbench)),
      unit: '',
      goal: { is: 'at least', value: 0.2 },
    },
    {
      name: 'creates over HTTP ÷ pgbench, 2 workers',
      value: median(results.map((result) => result.two / result.pgbench)),
      unit: '',
    },
    { name: '2 workers ÷ 1 worker', value: median(results.map((result) => result.two / result.one)), unit: '' },
  ];
}

async function copyTables(connection: Connection): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  for (const table of ['tasks', 'lists', 'events'])
    await client.query(`CREATE TABLE bench_${table} (LIKE ${table} INCLUDING ALL)`);
  await client.query('ALTER TABLE bench_lists SET (fillfactor = 50)');
  await client.query(
    `INSERT INTO bench_lists (id, user_id) SELECT n, n FROM generate_series(1, ${String(CONNECTIONS)}) AS n`,
  );
  await client.end();
}

async function pgbench({ host, port, user, database }: Connection, seconds: number): Promise<number> {
  const child = spawn(
    postgresClient('pgbench'),
    [
      '--no-vacuum',
      '--protocol=prepared',
      '--file=-',
      `--client=${String(CONNECTIONS)}`,
      `--time=${String(seconds)}`,
      `--host=${host}`,
      `--port=${String(port)}`,
      `--username=${user}`,
      database,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  acquire(() => ({ stop: () => terminate(child) }));
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    output += String(chunk);
  });
  child.stdin.end(THREE_WRITES);
  await once(child, 'close');
  const rate = Number(/tps = ([\d.]+)/.exec(output)?.[1]);
  if (!rate) throw new Error(`pgbench failed: ${output}`);
  return rate;
}
