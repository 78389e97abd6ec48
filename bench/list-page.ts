import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { acquire } from './support/resources.ts';
import { runLoad } from './support/load.ts';
import { register, postTask } from './support/people.ts';
import { startServer } from './support/server.ts';

const CONNECTIONS = 4;

/** Compares the list page of 50 tasks with a route that only renders the same view; alternating. */
export async function listPage({ seconds, rounds }: { seconds: number; rounds: number }): Promise<Figure[]> {
  const { env } = await acquire(startBenchDatabase);
  const server = await acquire(() => startServer(env));
  const cookie = await register(server.url, 'ana');
  for (let n = 0; n < 50; n += 1) await postTask(server.url, cookie, `Task number ${String(n)} of the benchmark`);
  const renderOnly = await acquire(() =>
    startServer({ ...env, COOKIE: cookie }, ['--import', 'tsx', 'bench/support/render-only.ts']),
  );
  const cookies = Array<string>(CONNECTIONS).fill(cookie);
  const page = { method: 'GET' as const, path: '/', headers: { accept: 'text/html' } };
  const ours = (): Promise<number> => runLoad(server.url, cookies, page, seconds, 200);
  const rendering = (): Promise<number> => runLoad(renderOnly.url, cookies, page, seconds, 200);
  await ours();
  await rendering();
  const pairs: { page: number; rendering: number }[] = [];
  for (let round = 0; round < rounds; round += 1) pairs.push({ page: await ours(), rendering: await rendering() });
  return [
    { name: 'list page of 50 tasks', value: median(pairs.map((pair) => pair.page)), unit: '/s' },
    { name: 'a route that only renders the same view', value: median(pairs.map((pair) => pair.rendering)), unit: '/s' },
    {
      name: 'list page ÷ rendering alone',
      value: median(pairs.map((pair) => pair.page / pair.rendering)),
      unit: '',
      goal: { is: 'at least', value: 0.45 },
    },
  ];
}
