import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import type { Connection } from '../src/config/connection.ts';
import { postgresClient, startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { keep } from './support/keep.ts';
import { createTasks } from './support/load.ts';
import { registerAll } from './support/people.ts';
import { end, startServer } from './support/server.ts';

const CONNECTIONS = 16;

/** The three writes of a create, without triggers, on tables and indexes like ours: what PostgreSQL itself can do. */
const THREE_WRITES = `
\\set list random(1, ${String(CONNECTIONS)})
BEGIN;
INSERT INTO bench_tasks (list_id, user_id, description) VALUES (:list, :list, 'A task of the benchmark') RETURNING id \\gset
UPDATE bench_lists SET version = version + 1 WHERE id = :list RETURNING version \\gset
INSERT INTO bench_events (list_id, version, name, actor_id, subject, subject_id, revision) VALUES (:list, :version, 'new_task', :list, 'task', :id, 1);
COMMIT;
`;

/** Creates over HTTP with 16 connections of 16 people, on one worker and on two, beside pgbench doing the same three writes; in turn. */
export async function creates({ seconds, rounds }: { seconds: number; rounds: number }): Promise<Figure[]> {
  const { connection, env: database } = await keep(startBenchDatabase);
  const env = { ...database, DB_POOL_MAX: String(CONNECTIONS), DB_CONNECTIONS: '60' };
  const one = await keep(() => startServer(env));
  const two = await keep(() => startServer({ ...env, WEB_CONCURRENCY: '2' }));
  const cookies = await registerAll(one.url, CONNECTIONS);
  await likeOurs(connection);
  const turn = async (): Promise<{ one: number; two: number; pgbench: number }> => ({
    one: await createTasks(one.url, cookies, seconds),
    two: await createTasks(two.url, cookies, seconds),
    pgbench: await pgbench(connection, seconds),
  });
  await turn();
  const turns = [];
  for (let round = 0; round < rounds; round += 1) turns.push(await turn());
  return [
    { name: 'creates over HTTP, 16 connections', value: median(turns.map((turn) => turn.one)), unit: '/s' },
    { name: 'creates over HTTP, 16 connections, 2 workers', value: median(turns.map((turn) => turn.two)), unit: '/s' },
    {
      name: 'pgbench, the same three writes, 16 clients',
      value: median(turns.map((turn) => turn.pgbench)),
      unit: '/s',
    },
    {
      name: 'creates over HTTP ÷ pgbench',
      value: median(turns.map((turn) => turn.one / turn.pgbench)),
      unit: '',
      goal: { is: 'at least', value: 0.2 },
    },
    {
      name: 'creates over HTTP ÷ pgbench, 2 workers',
      value: median(turns.map((turn) => turn.two / turn.pgbench)),
      unit: '',
    },
    { name: '2 workers ÷ 1 worker', value: median(turns.map((turn) => turn.two / turn.one)), unit: '' },
  ];
}

async function likeOurs(connection: Connection): Promise<void> {
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
  keep(() => ({ stop: () => end(child) }));
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stdin.end(THREE_WRITES);
  await once(child, 'close');
  const rate = Number(/tps = ([\d.]+)/.exec(said)?.[1]);
  if (!rate) throw new Error(`pgbench failed: ${said}`);
  return rate;
}
