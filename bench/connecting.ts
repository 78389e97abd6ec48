import { setTimeout as pause } from 'node:timers/promises';
import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { acquire } from './support/resources.ts';
import { registerAll, loadVisitors } from './support/people.ts';
import { startServer } from './support/server.ts';
import { TabProcesses } from './support/tab-processes.ts';

const TABS = 1000;

/** Time until all tabs that connect at once, as after a restart, are connected, in their rooms and caught up. */
export async function connecting({ people, rounds }: { people: number; rounds: number }): Promise<Figure[]> {
  const { env } = await acquire(startBenchDatabase);
  const server = await acquire(() => startServer(env));
  const tabs = acquire(() => new TabProcesses());
  const visitors = await loadVisitors(server.url, await registerAll(server.url, people));
  const seconds: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const milliseconds = await tabs.open('tabs', { url: server.url, visitors, count: TABS });
    await tabs.close('tabs');
    await pause(1000);
    if (round >= 0) seconds.push(milliseconds / 1000);
  }
  return [
    {
      name: `${TABS.toLocaleString('en')} tabs of ${String(people)} people connected and caught up`,
      value: median(seconds),
      unit: 's',
      goal: { is: 'at most', value: 2 },
    },
  ];
}
