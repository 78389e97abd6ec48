import { setTimeout as pause } from 'node:timers/promises';
import { startBenchDatabase } from './support/database.ts';
import { keep } from './support/keep.ts';
import type { Figure } from './support/figures.ts';
import { registerAll, visitorsOf } from './support/people.ts';
import { startServer, type BenchServer } from './support/server.ts';
import { mayOpen, TabProcesses } from './support/tab-processes.ts';

const PEOPLE = 10;

/** What the server's process holds more for each open tab, once everybody is current and garbage is collected. */
export async function memory({ sizes }: { sizes: number[] }): Promise<Figure[]> {
  const program = ['--expose-gc', '--import', './bench/support/tell-memory.mjs', 'dist/server.js'];
  const { env } = await keep(startBenchDatabase);
  const server = await keep(() => startServer(env, program));
  const tabs = keep(() => new TabProcesses());
  const visitors = await visitorsOf(server.url, await registerAll(server.url, PEOPLE));
  const open = (group: string, count: number): Promise<number> =>
    tabs.open(group, { url: server.url, visitors, count, atOnce: 50 });
  // So that code and pools that come with the first tabs are not counted as theirs.
  await open('first', 200);
  await tabs.close('first');
  const before = await memoryOf(server);
  const figures: Figure[] = [];
  let opened = 0;
  for (const size of sizes) {
    if (!mayOpen(size)) continue;
    await open('tabs', size - opened);
    opened = size;
    const after = await memoryOf(server);
    const at = `memory a tab, with ${size.toLocaleString('en')} tabs`;
    figures.push(
      {
        name: `${at}: of the process`,
        value: (after.rss - before.rss) / size / 1000,
        unit: 'kB',
        goal: { is: 'at most', value: 25 },
      },
      { name: `${at}: of it JavaScript's heap`, value: (after.heapUsed - before.heapUsed) / size / 1000, unit: 'kB' },
    );
  }
  return figures;
}

async function memoryOf(server: BenchServer): Promise<NodeJS.MemoryUsage> {
  // Until presence has been told and timers of the handshakes are over.
  await pause(2000);
  const told = server.says(/^memory (.*)$/);
  process.kill(server.pid, 'SIGUSR2');
  return JSON.parse((await told)[1] ?? '') as NodeJS.MemoryUsage;
}
