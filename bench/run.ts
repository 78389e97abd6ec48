/**
 * `npm run bench`: every measurement, as figures of one run on one machine; `npm run bench -- creates` for one.
 * `--quick` is for trying the benchmark itself. Prints Markdown.
 */
import os from 'node:os';
import { Sequelize } from 'sequelize';
import { creates } from './creates.ts';
import { eventLatency } from './event-latency.ts';
import { listPage } from './list-page.ts';
import { startAndMemory } from './start.ts';
import { postgresClient } from './support/database.ts';
import { table, type Figure } from './support/figures.ts';

const quick = process.argv.includes('--quick');
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const load = quick ? { seconds: 1, rounds: 1 } : { seconds: 6, rounds: 5 };

const measurements: Record<string, () => Promise<Figure[]>> = {
  creates: () => creates(load),
  'event-latency': () => eventLatency({ samples: quick ? 20 : 500 }),
  'list-page': () => listPage(load),
  start: () => startAndMemory({ rounds: quick ? 1 : 5 }),
};

async function main(): Promise<void> {
  const unknown = asked.filter((name) => !(name in measurements));
  if (unknown.length > 0) throw new Error(`There is no measurement ${unknown.join(', ')}. There are: ${Object.keys(measurements).join(', ')}.`);
  postgresClient('pgbench');
  console.log(`${String(os.cpus().length)} × ${os.cpus()[0]?.model ?? 'processor'}, ${String(Math.round(os.totalmem() / 2 ** 30))} GiB, Node ${process.version}, Sequelize ${(Sequelize as unknown as { version: string }).version}, ${new Date().toISOString().slice(0, 10)}\n`);
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(measurements)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.error(`measuring ${name} …`);
    figures.push(...await measure());
  }
  console.log(table(figures));
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exitCode = 1;
});
