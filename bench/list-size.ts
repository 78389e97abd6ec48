import pg from 'pg';
import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { acquire } from './support/resources.ts';
import { runLoad } from './support/load.ts';
import { register } from './support/people.ts';
import { startServer } from './support/server.ts';

/** At once, of one person. Searches of one person take turns: with more, the figure would be the waiting. */
const connections = { 'list page': 4, search: 1 };
const FEW = 1_000;
/** Milliseconds for a search among the many, with one person at a time. */
const SEARCH_GOAL = 25;
/** What is searched for, in each script a word of every fourth task and one of a single task in the middle. */
const searches = [
  ['Latin', 'benchmark', 'needle'],
  ['Cyrillic', 'проверки', 'иголка'],
  ['Chinese', '速度', '针'],
  ['Arabic', 'السرعة', 'ابرة'],
] as const;

/**
 * The list page and a search, for a person with a thousand tasks and one with a million in the same database, by turns.
 * @param many number of tasks in the large list
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
  const { connection, env } = await acquire(startBenchDatabase);
  const server = await acquire(() => startServer(env));
  const [few, lots] = [await register(server.url, 'ana'), await register(server.url, 'bob')];
  await insertTasks(connection, 'ana@example.com', FEW);
  await insertTasks(connection, 'bob@example.com', many);

  const load = (cookie: string, path: string, count: number): Promise<number> =>
    runLoad(
      server.url,
      Array<string>(count).fill(cookie),
      { method: 'GET', path, headers: { accept: 'text/html' } },
      seconds,
      200,
    );
  const figures: Figure[] = [];
  for (const [name, path, goal] of [
    ['list page', '/tasks', 1.2],
    ['search', '/tasks?q=number+77', null],
  ] as const) {
    const count = connections[name];
    await load(few, path, count);
    await load(lots, path, count);
    const pairs: { few: number; lots: number }[] = [];
    for (let round = 0; round < rounds; round += 1)
      pairs.push({ few: await load(few, path, count), lots: await load(lots, path, count) });
    figures.push(
      {
        name: `${name} among ${FEW.toLocaleString('en')} tasks`,
        value: median(pairs.map((pair) => (1000 * count) / pair.few)),
        unit: 'ms',
      },
      {
        name: `${name} among ${many.toLocaleString('en')} tasks`,
        value: median(pairs.map((pair) => (1000 * count) / pair.lots)),
        unit: 'ms',
      },
      {
        name: `${name}: among ${many.toLocaleString('en')} ÷ among ${FEW.toLocaleString('en')}`,
        value: median(pairs.map((pair) => pair.few / pair.lots)),
        unit: '',
        ...(goal !== null && { goal: { is: 'at most', value: goal } }),
      },
    );
  }
  for (const [script, common, rare] of searches)
    for (const [how, word] of Object.entries({ common, rare })) {
      const path = `/tasks?q=${encodeURIComponent(word)}`;
      await load(lots, path, connections.search);
      const perSecond: number[] = [];
      for (let round = 0; round < rounds; round += 1) perSecond.push(await load(lots, path, connections.search));
      figures.push({
        name: `search for a ${how} ${script} word among ${many.toLocaleString('en')} tasks`,
        value: median(perSecond.map((requests) => 1000 / requests)),
        unit: 'ms',
        goal: { is: 'at most', value: SEARCH_GOAL },
      });
    }
  return figures;
}

/** Writes straight into the table, without the event log, which nothing here reads. */
async function insertTasks(connection: pg.ClientConfig, email: string, count: number): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query("SET session_replication_role = 'replica'");
    await client.query(
      `INSERT INTO tasks (list_id, user_id, description, completed_at, created_at)
       SELECT f.id, u.id,
         CASE WHEN n = $2 / 2 THEN 'Needle, иголка, 大海捞针, إبرة' ELSE format(
           (ARRAY['Task number %s of the benchmark', 'Задача номер %s для проверки', '第%s项测试速度的任务',
                  'المهمة رقم %s لاختبار السرعة'])[1 + n % 4], n) END,
         CASE WHEN n % 3 = 0 THEN now() END, now() - n * interval '1 second'
       FROM users u JOIN lists f ON f.user_id = u.id, generate_series(1, $2::integer) n WHERE u.email = $1`,
      [email, count],
    );
    await client.query('VACUUM ANALYZE tasks');
  } finally {
    await client.end();
  }
}
