import pg from 'pg';
import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { acquire } from './support/resources.ts';
import { runLoad } from './support/load.ts';
import { register } from './support/people.ts';
import { startServer } from './support/server.ts';

const CONNECTIONS = 4;
const FEW = 1_000;
const EVENTS_PER_TASK = 10;
const UNREAD_TASKS = 100;
const TEAMS = 20;
const TASKS_PER_TEAM = 100;

type Load = (cookie: string, path: string) => Promise<number>;

/**
 * How pages scale with data, alternating: the inbox and activity of a person with a thousand events and of one with
 * a million; the list and activity of a member of one team and of twenty.
 * @param many number of events in the large log
 */
export async function inboxSize({
  seconds,
  rounds,
  many,
}: {
  seconds: number;
  rounds: number;
  many: number;
}): Promise<Figure[]> {
  const { connection, env } = await acquire(startBenchDatabase);
  const server = await acquire(() => startServer(env));
  const [few, lots, one, twenty] = [
    await register(server.url, 'few'),
    await register(server.url, 'lots'),
    await register(server.url, 'one'),
    await register(server.url, 'twenty'),
  ];
  await withTriggersOff(connection, async (client) => {
    await insertLog(client, 'few@example.com', FEW);
    await insertLog(client, 'lots@example.com', many);
    await insertTeams(client, 'one@example.com', 1);
    await insertTeams(client, 'twenty@example.com', TEAMS);
    await client.query('VACUUM ANALYZE');
  });

  const load: Load = (cookie, path) =>
    runLoad(
      server.url,
      Array<string>(CONNECTIONS).fill(cookie),
      { method: 'GET', path, headers: { accept: 'text/html' } },
      seconds,
      200,
    );
  const [fewText, manyText] = [FEW.toLocaleString('en'), many.toLocaleString('en')];
  const figures: Figure[] = [];
  for (const [name, path] of [
    ['inbox', '/inbox'],
    ['activity', '/activity'],
  ] as const) {
    figures.push(
      ...(await compare(
        load,
        path,
        rounds,
        [few, `${name}, ${fewText} events`],
        [lots, `${name}, ${manyText} events`],
        {
          name: `${name}: ${manyText} events ÷ ${fewText}`,
          atMost: 1.2,
        },
      )),
    );
  }
  for (const [name, path] of [
    ['list', '/tasks'],
    ['activity', '/activity'],
  ] as const) {
    figures.push(
      ...(await compare(
        load,
        path,
        rounds,
        [one, `${name} of a member of 1 team`],
        [twenty, `${name} of a member of ${String(TEAMS)} teams`],
        { name: `${name}: ${String(TEAMS)} teams ÷ 1`, atMost: 2 },
      )),
    );
  }
  return figures;
}

async function compare(
  load: Load,
  path: string,
  rounds: number,
  [small, smallName]: [string, string],
  [large, largeName]: [string, string],
  ratio: { name: string; atMost: number },
): Promise<Figure[]> {
  await load(small, path);
  await load(large, path);
  const pairs: { small: number; large: number }[] = [];
  for (let round = 0; round < rounds; round += 1)
    pairs.push({ small: await load(small, path), large: await load(large, path) });
  return [
    { name: smallName, value: median(pairs.map((pair) => (1000 * CONNECTIONS) / pair.small)), unit: 'ms' },
    { name: largeName, value: median(pairs.map((pair) => (1000 * CONNECTIONS) / pair.large)), unit: 'ms' },
    {
      name: ratio.name,
      value: median(pairs.map((pair) => pair.small / pair.large)),
      unit: '',
      goal: { is: 'at most', value: ratio.atMost },
    },
  ];
}

/** Writes straight into the tables, with triggers off: inserting their rows in bulk is much faster. */
async function withTriggersOff(connection: pg.ClientConfig, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query("SET session_replication_role = 'replica'");
    await work(client);
  } finally {
    await client.end();
  }
}

/** Inserts `events` events without an actor into a person's own list, ten per task; the newest hundred tasks are followed and unread. */
async function insertLog(client: pg.Client, email: string, events: number): Promise<void> {
  await client.query(
    `INSERT INTO tasks (list_id, user_id, description, completed_at, created_at)
     SELECT f.id, u.id, 'Task number ' || n || ' of the benchmark', now(), now() - n * interval '10 seconds'
     FROM users u JOIN lists f ON f.user_id = u.id, generate_series(1, $2::integer) n WHERE u.email = $1`,
    [email, events / EVENTS_PER_TASK],
  );
  await client.query(
    `INSERT INTO events (list_id, version, name, subject, subject_id, revision, changes, created_at)
     SELECT t.list_id, (turn - 1) * $2::integer + t.n, CASE turn WHEN 1 THEN 'new_task' ELSE 'task_updated' END, 'task', t.id, turn,
       CASE WHEN turn > 1 THEN '{"completed_at": [null, "2026-11-21T09:30:00Z"]}'::jsonb END, now() - ($3::integer - (turn - 1) * $2::integer - t.n) * interval '1 second'
     FROM (SELECT t.*, row_number() OVER (ORDER BY t.id) AS n FROM tasks t JOIN users u ON u.id = t.user_id WHERE u.email = $1) t, generate_series(1, $4::integer) turn`,
    [email, events / EVENTS_PER_TASK, events, EVENTS_PER_TASK],
  );
  await client.query('UPDATE lists SET version = $2 FROM users u WHERE u.id = lists.user_id AND u.email = $1', [
    email,
    events,
  ]);
  await client.query(
    `INSERT INTO follows (user_id, task_id, read, updated_at)
     SELECT u.id, t.id, false, t.created_at FROM users u JOIN tasks t ON t.user_id = u.id WHERE u.email = $1 ORDER BY t.created_at DESC LIMIT $2`,
    [email, UNREAD_TASKS],
  );
}

/** Makes a person the only member of `teams` teams with a hundred open tasks each. */
async function insertTeams(client: pg.Client, email: string, teams: number): Promise<void> {
  const { rows } = await client.query<{ id: number }>(
    "INSERT INTO teams (name) SELECT 'Team ' || n || ' of ' || $1::text FROM generate_series(1, $2::integer) n RETURNING id",
    [email, teams],
  );
  const ids = rows.map(({ id }) => id);
  await client.query(
    "INSERT INTO memberships (user_id, team_id, role) SELECT u.id, unnest($2::integer[]), 'owner' FROM users u WHERE u.email = $1",
    [email, ids],
  );
  await client.query('INSERT INTO lists (team_id, version) SELECT unnest($1::integer[]), $2', [ids, TASKS_PER_TEAM]);
  await client.query(
    `INSERT INTO tasks (list_id, user_id, description, created_at)
     SELECT f.id, u.id, 'Task number ' || n || ' of the benchmark', now() - n * interval '1 minute'
     FROM users u, lists f, generate_series(1, $3::integer) n WHERE u.email = $1 AND f.team_id = ANY ($2::integer[])`,
    [email, ids, TASKS_PER_TEAM],
  );
  await client.query(
    `INSERT INTO events (list_id, version, name, actor_id, subject, subject_id, revision, created_at)
     SELECT t.list_id, row_number() OVER (PARTITION BY t.list_id ORDER BY t.created_at), 'new_task', t.user_id, 'task', t.id, 1, t.created_at
     FROM tasks t JOIN lists f ON f.id = t.list_id WHERE f.team_id = ANY ($1::integer[])`,
    [ids],
  );
}
