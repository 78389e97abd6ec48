import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { keep } from './support/keep.ts';
import { createTasks } from './support/load.ts';
import { register, registerAll, signIn } from './support/people.ts';
import { startServer } from './support/server.ts';

const WRITERS = 16;

/** Sixteen browsers that write into one list, beside sixteen that write into one each; pair by pair. */
export async function hotList({ seconds, rounds }: { seconds: number; rounds: number }): Promise<Figure[]> {
  const { env } = await keep(startBenchDatabase);
  const server = await keep(() => startServer({ ...env, DB_POOL_MAX: String(WRITERS) }));
  const apart = await registerAll(server.url, WRITERS);
  const together = [await register(server.url, 'ana')];
  while (together.length < WRITERS) together.push(await signIn(server.url, 'ana'));
  const load = (cookies: string[]): Promise<number> => createTasks(server.url, cookies, seconds);
  await load(apart);
  await load(together);
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds; round += 1) pairs.push([await load(together), await load(apart)]);
  return [
    { name: 'creates with 16 writers in one list', value: median(pairs.map(([hot]) => hot)), unit: '/s' },
    { name: 'creates with 16 writers in 16 lists', value: median(pairs.map(([, cool]) => cool)), unit: '/s' },
    { name: 'one list ÷ 16 lists', value: median(pairs.map(([hot, cool]) => hot / cool)), unit: '' },
  ];
}
