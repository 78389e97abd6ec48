import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { postgresClient, startBenchDatabase, type BenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { runLoad } from './support/load.ts';
import { formHeaders, registerAll } from './support/people.ts';
import { startServer } from './support/server.ts';

const CONNECTIONS = 16;

/** The three writes of a create, without triggers, on tables and indexes like ours: what PostgreSQL itself can do. */
const THREE_WRITES = `
\\set feed random(1, ${String(CONNECTIONS)})
BEGIN;
INSERT INTO bench_tasks (feed_id, user_id, description) VALUES (:feed, :feed, 'A task of the benchmark') RETURNING id \\gset
UPDATE bench_feeds SET version = version + 1 WHERE id = :feed RETURNING version \\gset
INSERT INTO bench_events (feed_id, version, name, actor_id, subject, subject_id, revision) VALUES (:feed, :version, 'new_task', :feed, 'task', :id, 1);
COMMIT;
`;

/** Creates over HTTP with 16 connections of 16 people, beside pgbench doing the same three writes; pair by pair. */
export async function creates({ seconds, rounds }: { seconds: number; rounds: number }): Promise<Figure[]> {
  const database = await startBenchDatabase();
  const server = await startServer({ DATABASE_URL: database.url, DATABASE_SSL: 'off', DB_POOL_MAX: String(CONNECTIONS) });
  try {
    const cookies = await registerAll(server.url, CONNECTIONS);
    await likeOurs(database);
    const request = { method: 'POST' as const, path: '/tasks', headers: formHeaders, body: 'description=A+task+of+the+benchmark' };
    const http = (): Promise<number> => runLoad(server.url, cookies, request, seconds, 303);
    await http();
    await pgbench(database, seconds);
    const pairs: [number, number][] = [];
    for (let round = 0; round < rounds; round += 1) pairs.push([await http(), await pgbench(database, seconds)]);
    return [
      { name: 'creates over HTTP, 16 connections', value: median(pairs.map(([ours]) => ours)), unit: '/s' },
      { name: 'pgbench, the same three writes, 16 clients', value: median(pairs.map(([, theirs]) => theirs)), unit: '/s' },
      { name: 'creates over HTTP ÷ pgbench', value: median(pairs.map(([ours, theirs]) => ours / theirs)), unit: '', goal: { is: 'at least', value: 0.2 } },
    ];
  } finally {
    await server.stop();
    await database.stop();
  }
}

async function likeOurs({ connection }: BenchDatabase): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  for (const table of ['tasks', 'feeds', 'events']) await client.query(`CREATE TABLE bench_${table} (LIKE ${table} INCLUDING ALL)`);
  await client.query('ALTER TABLE bench_feeds SET (fillfactor = 50)');
  await client.query(`INSERT INTO bench_feeds (id, user_id) SELECT n, n FROM generate_series(1, ${String(CONNECTIONS)}) AS n`);
  await client.end();
}

async function pgbench({ connection }: BenchDatabase, seconds: number): Promise<number> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'taskwire-pgbench-'));
  const script = path.join(dir, 'three-writes.sql');
  writeFileSync(script, THREE_WRITES);
  try {
    const child = spawn(postgresClient('pgbench'), [
      '--no-vacuum', '--protocol=prepared', `--file=${script}`, `--client=${String(CONNECTIONS)}`, `--time=${String(seconds)}`,
      `--host=${connection.host}`, `--port=${String(connection.port)}`, `--username=${connection.user}`, connection.database,
    ], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk) => { said += String(chunk); });
    child.stderr.on('data', (chunk) => { said += String(chunk); });
    await once(child, 'close');
    const rate = Number(/tps = ([\d.]+)/.exec(said)?.[1]);
    if (!rate) throw new Error(`pgbench failed: ${said}`);
    return rate;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
