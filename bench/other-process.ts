import { setTimeout as pause } from 'node:timers/promises';
import { startBenchDatabase } from './support/database.ts';
import { median, quantile, type Figure } from './support/figures.ts';
import { keep } from './support/keep.ts';
import { openTab } from './support/open-tab.ts';
import { register, writeTask } from './support/people.ts';
import { hasRedis, startRedis } from './support/redis.ts';
import { startServer } from './support/server.ts';

/** POST on one process to the event in the tabs of that process and of another on the same database, at rest; by each bus. */
export async function otherProcess({ samples }: { samples: number }): Promise<Figure[]> {
  const { env } = await keep(startBenchDatabase);
  const figures = await overBus('PostgreSQL', env, samples);
  if (hasRedis())
    figures.push(...(await overBus('Redis', { ...env, REDIS_URL: (await keep(startRedis)).url }, samples)));
  else
    console.error(
      'The Redis bus is left out: there is no redis-server here (on Debian: apt-get install redis-server).',
    );
  return figures;
}

async function overBus(bus: string, env: Record<string, string>, samples: number): Promise<Figure[]> {
  const [here, there] = [await keep(() => startServer(env)), await keep(() => startServer(env))];
  const cookie = await register(here.url, `ana-${bus}`.toLowerCase());
  const tabs = [await keep(() => openTab(here.url, cookie)), await keep(() => openTab(there.url, cookie))] as const;
  const measured = { there: [] as number[], later: [] as number[] };
  const warmUp = Math.ceil(samples / 5);
  for (let n = -warmUp; n < samples; n += 1) {
    const arrivals = [tabs[0].arrival(), tabs[1].arrival()] as const;
    const began = performance.now();
    await writeTask(here.url, cookie, 'A task of the benchmark');
    const [atHome, away] = await Promise.all(arrivals);
    await pause(10);
    if (n < 0) continue;
    measured.there.push(away - began);
    measured.later.push(away - atHome);
  }
  for (const tab of tabs) tab.stop();
  await there.stop();
  await here.stop();
  return [
    { name: `POST to the event in another process, ${bus} bus, p50`, value: quantile(measured.there, 0.5), unit: 'ms' },
    {
      name: `POST to the event in another process, ${bus} bus, p99`,
      value: quantile(measured.there, 0.99),
      unit: 'ms',
    },
    {
      name: `later than in the same process, ${bus} bus, p50`,
      value: median(measured.later),
      unit: 'ms',
      goal: { is: 'at most', value: 3 },
    },
  ];
}
