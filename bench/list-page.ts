import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { keep } from './support/keep.ts';
import { runLoad } from './support/load.ts';
import { register, writeTask } from './support/people.ts';
import { startServer } from './support/server.ts';

const CONNECTIONS = 4;

/** The list page with 50 tasks beside a route that only renders the same Pug, round by round. */
export async function listPage({ seconds, rounds }: { seconds: number; rounds: number }): Promise<Figure[]> {
  const { env } = await keep(startBenchDatabase);
  const server = await keep(() => startServer(env));
  const cookie = await register(server.url, 'ana');
  for (let n = 0; n < 50; n += 1) await writeTask(server.url, cookie, `Task number ${String(n)} of the benchmark`);
  const only = await keep(() =>
    startServer({ ...env, COOKIE: cookie }, ['--import', 'tsx', 'bench/support/render-only.ts']),
  );
  const cookies = Array<string>(CONNECTIONS).fill(cookie);
  const page = { method: 'GET' as const, path: '/', headers: { accept: 'text/html' } };
  const ours = (): Promise<number> => runLoad(server.url, cookies, page, seconds, 200);
  const theirs = (): Promise<number> => runLoad(only.url, cookies, page, seconds, 200);
  await ours();
  await theirs();
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds; round += 1) pairs.push([await ours(), await theirs()]);
  return [
    { name: 'list page of 50 tasks', value: median(pairs.map(([a]) => a)), unit: '/s' },
    { name: 'a route that only renders the same Pug', value: median(pairs.map(([, b]) => b)), unit: '/s' },
    {
      name: 'list page ÷ rendering alone',
      value: median(pairs.map(([a, b]) => a / b)),
      unit: '',
      goal: { is: 'at least', value: 0.45 },
    },
  ];
}
