import { setTimeout as pause } from 'node:timers/promises';
import { startBenchDatabase } from './support/database.ts';
import { quantile, type Figure } from './support/figures.ts';
import { acquire } from './support/resources.ts';
import { openTab, type BenchTab } from './support/open-tab.ts';
import { register, postTask } from './support/people.ts';
import { startServer } from './support/server.ts';

/** Time from POST to event in another tab on an idle server, compared with a server that emits directly from its route. */
export async function eventLatency({ samples }: { samples: number }): Promise<Figure[]> {
  const { env } = await acquire(startBenchDatabase);
  const server = await acquire(() => startServer(env));
  const direct = await acquire(() => startServer(env, ['--import', 'tsx', 'bench/support/direct-emit.ts']));
  const cookie = await register(server.url, 'ana');
  const [ourTab, directTab] = [
    await acquire(() => openTab(server.url, cookie)),
    await acquire(() => openTab(direct.url, cookie)),
  ];
  const latencies = { ours: [] as number[], direct: [] as number[] };
  const warmUp = Math.ceil(samples / 5);
  for (let n = -warmUp; n < samples; n += 1) {
    const pair = [
      await measureLatency(ourTab, server.url, cookie),
      await measureLatency(directTab, direct.url, cookie),
    ] as const;
    if (n < 0) continue;
    latencies.ours.push(pair[0]);
    latencies.direct.push(pair[1]);
  }
  const [p50, direct50] = [quantile(latencies.ours, 0.5), quantile(latencies.direct, 0.5)];
  return [
    { name: 'POST to event in another tab, p50', value: p50, unit: 'ms', goal: { is: 'at most', value: 4 } },
    {
      name: 'POST to event in another tab, p99',
      value: quantile(latencies.ours, 0.99),
      unit: 'ms',
      goal: { is: 'at most', value: 12 },
    },
    { name: 'POST to event with a direct emit, p50', value: direct50, unit: 'ms' },
    { name: 'ours ÷ direct emit, p50', value: p50 / direct50, unit: '', goal: { is: 'at most', value: 1.5 } },
  ];
}

/** @returns milliseconds from submitting the form to receiving the event */
async function measureLatency(tab: BenchTab, url: string, cookie: string): Promise<number> {
  const arrived = tab.nextTask();
  const start = performance.now();
  await postTask(url, cookie, 'A task of the benchmark');
  const latency = (await arrived) - start;
  await pause(10);
  return latency;
}
