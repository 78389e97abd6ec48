import { setTimeout as pause } from 'node:timers/promises';
import { startBenchDatabase } from './support/database.ts';
import { quantile, type Figure } from './support/figures.ts';
import { keep } from './support/keep.ts';
import { openTab, type BenchTab } from './support/open-tab.ts';
import { register, writeTask } from './support/people.ts';
import { startServer } from './support/server.ts';

/** POST to the event in another tab, at rest; beside a server that emits straight from its route. */
export async function eventLatency({ samples }: { samples: number }): Promise<Figure[]> {
  const { env } = await keep(startBenchDatabase);
  const server = await keep(() => startServer(env));
  const direct = await keep(() => startServer(env, ['--import', 'tsx', 'bench/support/direct-emit.ts']));
  const cookie = await register(server.url, 'ana');
  const [ours, theirs] = [await keep(() => openTab(server.url, cookie)), await keep(() => openTab(direct.url, cookie))];
  const measured = { ours: [] as number[], theirs: [] as number[] };
  const warmUp = Math.ceil(samples / 5);
  for (let n = -warmUp; n < samples; n += 1) {
    const pair = [await latencyOf(ours, server.url, cookie), await latencyOf(theirs, direct.url, cookie)] as const;
    if (n < 0) continue;
    measured.ours.push(pair[0]);
    measured.theirs.push(pair[1]);
  }
  const [p50, direct50] = [quantile(measured.ours, 0.5), quantile(measured.theirs, 0.5)];
  return [
    { name: 'POST to the event in another tab, p50', value: p50, unit: 'ms', goal: { is: 'at most', value: 4 } },
    {
      name: 'POST to the event in another tab, p99',
      value: quantile(measured.ours, 0.99),
      unit: 'ms',
      goal: { is: 'at most', value: 12 },
    },
    { name: 'the same from a direct emit, p50', value: direct50, unit: 'ms' },
    { name: 'ours ÷ direct emit, p50', value: p50 / direct50, unit: '', goal: { is: 'at most', value: 1.5 } },
  ];
}

/** Milliseconds from sending the form to the event. */
async function latencyOf(tab: BenchTab, url: string, cookie: string): Promise<number> {
  const arrived = tab.arrival();
  const began = performance.now();
  await writeTask(url, cookie, 'A task of the benchmark');
  const took = (await arrived) - began;
  await pause(10);
  return took;
}
