import pg from 'pg';
import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { keep } from './support/keep.ts';
import { runLoad } from './support/load.ts';
import { register } from './support/people.ts';
import { startServer } from './support/server.ts';

const CONNECTIONS = 4;
const FEW = 1_000;

/**
 * The list page and a search, of somebody with a thousand tasks and of somebody with a million, in one database,
 * round by round.
 * @param many tasks of the second
 */
export async function listSize({
  seconds,
  rounds,
  many,
}: {
  seconds: number;
  rounds: number;
  many: number;
}): Promise<Figure[]> {
  const { connection, env } = await keep(startBenchDatabase);
  const server = await keep(() => startServer(env));
  const [few, lots] = [await register(server.url, 'ana'), await register(server.url, 'bob')];
  await fill(connection, 'ana@example.com', FEW);
  await fill(connection, 'bob@example.com', many);

  const load = (cookie: string, path: string): Promise<number> =>
    runLoad(
      server.url,
      Array<string>(CONNECTIONS).fill(cookie),
      { method: 'GET', path, headers: { accept: 'text/html' } },
      seconds,
      200,
    );
  const figures: Figure[] = [];
  for (const [name, path, goal] of [
    ['list page', '/tasks', 1.2],
    ['search', '/tasks?q=number+77', null],
  ] as const) {
    await load(few, path);
    await load(lots, path);
    const pairs: [number, number][] = [];
    for (let round = 0; round < rounds; round += 1) pairs.push([await load(few, path), await load(lots, path)]);
    figures.push(
      {
        name: `${name} among ${FEW.toLocaleString('en')} tasks`,
        value: median(pairs.map(([a]) => (1000 * CONNECTIONS) / a)),
        unit: 'ms',
      },
      {
        name: `${name} among ${many.toLocaleString('en')} tasks`,
        value: median(pairs.map(([, b]) => (1000 * CONNECTIONS) / b)),
        unit: 'ms',
      },
      {
        name: `${name}: among ${many.toLocaleString('en')} ÷ among ${FEW.toLocaleString('en')}`,
        value: median(pairs.map(([a, b]) => a / b)),
        unit: '',
        ...(goal !== null && { goal: { is: 'at most', value: goal } }),
      },
    );
  }
  return figures;
}

/** Straight into the table: without the log of changes, which nothing here reads. */
async function fill(connection: pg.ClientConfig, email: string, count: number): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query("SET session_replication_role = 'replica'");
    await client.query(
      `INSERT INTO tasks (list_id, user_id, description, completed_at, created_at)
       SELECT f.id, u.id, 'Task number ' || n || ' of the benchmark', CASE WHEN n % 3 = 0 THEN now() END, now() - n * interval '1 second'
       FROM users u JOIN lists f ON f.user_id = u.id, generate_series(1, $2::integer) n WHERE u.email = $1`,
      [email, count],
    );
    await client.query('VACUUM ANALYZE tasks');
  } finally {
    await client.end();
  }
}
