import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { acquire } from './support/resources.ts';
import { createTasks } from './support/load.ts';
import { register, registerAll, signIn } from './support/people.ts';
import { startServer } from './support/server.ts';

const WRITERS = 16;

/** Compares 16 browsers writing into one list with 16 writing into a list each; alternating. */
export async function hotList({ seconds, rounds }: { seconds: number; rounds: number }): Promise<Figure[]> {
  const { env } = await acquire(startBenchDatabase);
  const server = await acquire(() => startServer({ ...env, DB_POOL_MAX: String(WRITERS) }));
  const separate = await registerAll(server.url, WRITERS);
  const shared = [await register(server.url, 'ana')];
  while (shared.length < WRITERS) shared.push(await signIn(server.url, 'ana'));
  const load = (cookies: string[]): Promise<number> => createTasks(server.url, cookies, seconds);
  await load(separate);
  await load(shared);
  const pairs: { one: number; many: number }[] = [];
  for (let round = 0; round < rounds; round += 1) pairs.push({ one: await load(shared), many: await load(separate) });
  return [
    { name: 'creates with 16 writers in one list', value: median(pairs.map(({ one }) => one)), unit: '/s' },
    { name: 'creates with 16 writers in 16 lists', value: median(pairs.map(({ many }) => many)), unit: '/s' },
    { name: 'one list ÷ 16 lists', value: median(pairs.map(({ one, many }) => one / many)), unit: '' },
  ];
}
