import { setTimeout as pause } from 'node:timers/promises';
import { startBenchDatabase } from './support/database.ts';
import { median, quantile, type Figure } from './support/figures.ts';
import { acquire } from './support/resources.ts';
import { openTab } from './support/open-tab.ts';
import { register, postTask } from './support/people.ts';
import { hasRedis, startRedis } from './support/redis.ts';
import { startServer } from './support/server.ts';

/** Time from POST on one idle process to the event in a tab of another process on the same database, for each bus. */
export async function otherProcess({ samples }: { samples: number }): Promise<Figure[]> {
  const { env } = await acquire(startBenchDatabase);
  const figures = await measureBus('PostgreSQL', env, samples);
  if (hasRedis())
    figures.push(...(await measureBus('Redis', { ...env, REDIS_URL: (await acquire(startRedis)).url }, samples)));
  else
    console.error('Skipping the Redis bus: redis-server is not installed (on Debian: apt-get install redis-server).');
  return figures;
}

async function measureBus(bus: string, env: Record<string, string>, samples: number): Promise<Figure[]> {
  const [first, second] = [await acquire(() => startServer(env)), await acquire(() => startServer(env))];
  const cookie = await register(first.url, `ana-${bus}`.toLowerCase());
  const tabs = [
    await acquire(() => openTab(first.url, cookie)),
    await acquire(() => openTab(second.url, cookie)),
  ] as const;
  const latencies = { total: [] as number[], extra: [] as number[] };
  const warmUp = Math.ceil(samples / 5);
  for (let n = -warmUp; n < samples; n += 1) {
    const arrivals = [tabs[0].nextTask(), tabs[1].nextTask()] as const;
    const start = performance.now();
    await postTask(first.url, cookie, 'A task of the benchmark');
    const [localArrival, remoteArrival] = await Promise.all(arrivals);
    await pause(10);
    if (n < 0) continue;
    latencies.total.push(remoteArrival - start);
    latencies.extra.push(remoteArrival - localArrival);
  }
  for (const tab of tabs) tab.stop();
  await second.stop();
  await first.stop();
  return [
    { name: `POST to event in another process, ${bus} bus, p50`, value: quantile(latencies.total, 0.5), unit: 'ms' },
    {
      name: `POST to event in another process, ${bus} bus, p99`,
      value: quantile(latencies.total, 0.99),
      unit: 'ms',
    },
    {
      name: `extra latency over the same process, ${bus} bus, p50`,
      value: median(latencies.extra),
      unit: 'ms',
      goal: { is: 'at most', value: 3 },
    },
  ];
}
