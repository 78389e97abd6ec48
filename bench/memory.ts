import { setTimeout as pause } from 'node:timers/promises';
import { startBenchDatabase } from './support/database.ts';
import { acquire } from './support/resources.ts';
import type { Figure } from './support/figures.ts';
import { registerAll, loadVisitors } from './support/people.ts';
import { startServer, type BenchServer } from './support/server.ts';
import { canOpen, TabProcesses } from './support/tab-processes.ts';

const PEOPLE = 10;

/** Memory of the server process per open tab, after all tabs have caught up and garbage has been collected. */
export async function memory({ sizes }: { sizes: number[] }): Promise<Figure[]> {
  const program = ['--expose-gc', '--import', './bench/support/report-memory.mjs', 'dist/server.js'];
  const { env } = await acquire(startBenchDatabase);
  const server = await acquire(() => startServer(env, program));
  const tabs = acquire(() => new TabProcesses());
  const visitors = await loadVisitors(server.url, await registerAll(server.url, PEOPLE));
  const open = (group: string, count: number): Promise<number> =>
    tabs.open(group, { url: server.url, visitors, count, concurrency: 50 });
  // Warm up, so that code and pools allocated for the first tabs are not counted.
  await open('first', 200);
  await tabs.close('first');
  const before = await readMemory(server);
  const figures: Figure[] = [];
  let opened = 0;
  for (const size of sizes) {
    if (!canOpen(size)) continue;
    await open('tabs', size - opened);
    opened = size;
    const after = await readMemory(server);
    const name = `memory per tab, ${size.toLocaleString('en')} tabs`;
    figures.push(
      {
        name: `${name}: process`,
        value: (after.rss - before.rss) / size / 1000,
        unit: 'kB',
        goal: { is: 'at most', value: 25 },
      },
      { name: `${name}: JavaScript heap`, value: (after.heapUsed - before.heapUsed) / size / 1000, unit: 'kB' },
    );
  }
  return figures;
}

async function readMemory(server: BenchServer): Promise<NodeJS.MemoryUsage> {
  // Wait for presence updates and handshake timers to finish.
  await pause(2000);
  const line = server.waitForLine(/^memory (.*)$/);
  process.kill(server.pid, 'SIGUSR2');
  return JSON.parse((await line)[1] ?? '') as NodeJS.MemoryUsage;
}
