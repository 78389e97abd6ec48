import { setTimeout as pause } from 'node:timers/promises';
import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { keep } from './support/keep.ts';
import { registerAll, visitorsOf } from './support/people.ts';
import { startServer } from './support/server.ts';
import { TabProcesses } from './support/tab-processes.ts';

const TABS = 1000;

/** All the tabs of so many people come at once, as after a restart, until each is connected, in its rooms and caught up. */
export async function connecting({ people, rounds }: { people: number; rounds: number }): Promise<Figure[]> {
  const { env } = await keep(startBenchDatabase);
  const server = await keep(() => startServer(env));
  const tabs = keep(() => new TabProcesses());
  const visitors = await visitorsOf(server.url, await registerAll(server.url, people));
  const took: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const milliseconds = await tabs.open('tabs', { url: server.url, visitors, count: TABS });
    await tabs.close('tabs');
    await pause(1000);
    if (round >= 0) took.push(milliseconds / 1000);
  }
  return [
    {
      name: `${TABS.toLocaleString('en')} tabs of ${String(people)} people connected and current`,
      value: median(took),
      unit: 's',
      goal: { is: 'at most', value: 2 },
    },
  ];
}
