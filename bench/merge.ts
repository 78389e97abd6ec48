import pg from 'pg';
import type { MergeResult } from '../src/transfer/merge/options.ts';
import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { acquire } from './support/resources.ts';
import { createToken, register } from './support/people.ts';
import { startServer } from './support/server.ts';

const DOCS = 10_000;

/** Compares merges of 10,000 docs over HTTP with one plain INSERT of as many rows into a table with the same indexes; alternating. */
export async function merge({ rounds }: { rounds: number }): Promise<Figure[]> {
  const { connection, env } = await acquire(startBenchDatabase);
  const server = await acquire(() => startServer(env));
  await register(server.url, 'ana');
  const token = await createToken(server.url, 'ana');
  const client = new pg.Client(connection);
  await client.connect();
  acquire(() => ({ stop: () => client.end() }));
  await client.query('CREATE TABLE bench_tasks (LIKE tasks INCLUDING ALL)');

  const results: Round[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const times = {
      plain: await timed(() => plainInsert(client)),
      created: await timed(() => mergeDocs(server.url, token, docs(round, 0), { insert: DOCS })),
      unchanged: await timed(() => mergeDocs(server.url, token, docs(round, 0), {})),
      changed: await timed(() => mergeDocs(server.url, token, docs(round, 1), { update: DOCS })),
    };
    const warmUp = round < 0;
    if (!warmUp) results.push(times);
  }
  const medianOf = (name: keyof Round): number => median(results.map((times) => times[name]));
  return [
    { name: 'a plain INSERT of 10,000 rows', value: medianOf('plain'), unit: 'ms' },
    { name: 'merge of 10,000 new docs over HTTP', value: medianOf('created'), unit: 'ms' },
    { name: 'merge of 10,000 changed docs over HTTP', value: medianOf('changed'), unit: 'ms' },
    { name: 'merge of 10,000 unchanged docs over HTTP', value: medianOf('unchanged'), unit: 'ms' },
    {
      name: 'merge of 10,000 new docs ÷ plain INSERT',
      value: median(results.map(({ created, plain }) => created / plain)),
      unit: '',
    },
  ];
}

type Round = Record<'plain' | 'created' | 'unchanged' | 'changed', number>;

const docs = (round: number, priority: number): object => ({
  provider: `provider ${String(round)}`,
  docs: Array.from({ length: DOCS }, (_, n) => ({
    externalId: n,
    description: `Task number ${String(n)} of the benchmark`,
    priority,
  })),
});

const plainInsert = (client: pg.Client): Promise<unknown> =>
  client.query(
    "INSERT INTO bench_tasks (list_id, user_id, description) SELECT 1, 1, 'Task number ' || n || ' of the benchmark' FROM generate_series(1, $1::integer) AS n",
    [DOCS],
  );

async function mergeDocs(
  url: string,
  token: string,
  body: object,
  expected: { insert?: number; update?: number },
): Promise<void> {
  const response = await fetch(`${url}/api/v1/tasks/merge`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { insert = [], update = [] } = (await response.json()) as Partial<MergeResult>;
  if (insert.length !== (expected.insert ?? 0) || update.length !== (expected.update ?? 0))
    throw new Error(
      `merge responded with ${String(response.status)}: ${String(insert.length)} inserted and ${String(update.length)} updated`,
    );
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
