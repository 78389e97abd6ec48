import pg from 'pg';
import type { MergeResult } from '../src/transfer/merge/options.ts';
import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { keep } from './support/keep.ts';
import { accountOf, register } from './support/people.ts';
import { startServer } from './support/server.ts';

const DOCS = 10_000;

/** A merge of ten thousand docs over HTTP beside one plain INSERT of as many rows into a table with the same indexes; round by round. */
export async function merge({ rounds }: { rounds: number }): Promise<Figure[]> {
  const { connection, env } = await keep(startBenchDatabase);
  const server = await keep(() => startServer(env));
  await register(server.url, 'ana');
  const token = await tokenOf(server.url, 'ana');
  const client = new pg.Client(connection);
  await client.connect();
  keep(() => ({ stop: () => client.end() }));
  await client.query('CREATE TABLE bench_tasks (LIKE tasks INCLUDING ALL)');

  const rows: Round[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const times = {
      plain: await timed(() => plainInsert(client)),
      insert: await timed(() => mergeDocs(server.url, token, docs(round, 0), { insert: DOCS })),
      same: await timed(() => mergeDocs(server.url, token, docs(round, 0), {})),
      update: await timed(() => mergeDocs(server.url, token, docs(round, 1), { update: DOCS })),
    };
    // The first is to warm up.
    if (round >= 0) rows.push(times);
  }
  const of = (name: keyof Round): number => median(rows.map((times) => times[name]));
  return [
    { name: 'a plain INSERT of 10,000 rows', value: of('plain'), unit: 'ms' },
    { name: 'merge of 10,000 new docs over HTTP', value: of('insert'), unit: 'ms' },
    { name: 'merge of 10,000 docs that change', value: of('update'), unit: 'ms' },
    { name: 'merge of 10,000 docs that are the same', value: of('same'), unit: 'ms' },
    {
      name: 'merge of 10,000 new docs ÷ plain INSERT',
      value: median(rows.map(({ insert, plain }) => insert / plain)),
      unit: '',
    },
  ];
}

type Round = Record<'plain' | 'insert' | 'same' | 'update', number>;

const docs = (round: number, edition: number): object => ({
  provider: `list ${String(round)}`,
  docs: Array.from({ length: DOCS }, (_, n) => ({
    externalId: n,
    description: `Task number ${String(n)} of the benchmark`,
    priority: edition,
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
  const answer = await fetch(`${url}/api/v1/tasks/merge`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { insert = [], update = [] } = (await answer.json()) as Partial<MergeResult>;
  if (insert.length !== (expected.insert ?? 0) || update.length !== (expected.update ?? 0))
    throw new Error(
      `a merge answered ${String(answer.status)}, with ${String(insert.length)} inserted and ${String(update.length)} updated`,
    );
}

async function tokenOf(url: string, name: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(accountOf(name)),
  });
  return ((await answer.json()) as { token: string }).token;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
