/**
 * `npm run bench` runs every measurement and prints the results as Markdown; `npm run bench -- creates` runs one.
 * `--write` publishes a full run in bench/. `--quick` checks that the benchmark itself works.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { attack } from './attack.ts';
import { connecting } from './connecting.ts';
import { creates } from './creates.ts';
import { eventLatency } from './event-latency.ts';
import { fanOut } from './fan-out.ts';
import { hotList } from './hot-list.ts';
import { inboxSize } from './inbox-size.ts';
import { listPage } from './list-page.ts';
import { listSize } from './list-size.ts';
import { memory } from './memory.ts';
import { merge } from './merge.ts';
import { otherProcess } from './other-process.ts';
import { startAndMemory } from './start.ts';
import { postgresClient } from './support/database.ts';
import { table, type Figure } from './support/figures.ts';
import { describeMachine, warnIfBusy } from './support/machine.ts';
import { publish } from './support/report.ts';
import { releaseAll } from './support/resources.ts';

const quick = process.argv.includes('--quick');
const write = process.argv.includes('--write');
const selected = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const load = quick ? { seconds: 1, rounds: 1 } : { seconds: 5, rounds: 3 };

const measurements: Record<string, () => Promise<Figure[]>> = {
  creates: () => creates(load),
  'hot-list': () => hotList({ ...load, rounds: quick ? 1 : 2 }),
  'event-latency': () => eventLatency({ samples: quick ? 20 : 300 }),
  'other-process': () => otherProcess({ samples: quick ? 20 : 300 }),
  'fan-out': () => fanOut(quick ? { sizes: [100, 1000], rounds: 3 } : { sizes: [1000, 10_000], rounds: 10 }),
  connecting: () => connecting(quick ? { people: 5, rounds: 1 } : { people: 50, rounds: 3 }),
  memory: () => memory({ sizes: quick ? [500, 1000] : [1000, 5000] }),
  'list-page': () => listPage(load),
  'list-size': () => listSize({ ...load, rounds: quick ? 1 : 2, many: quick ? 20_000 : 1_000_000 }),
  'inbox-size': () => inboxSize({ ...load, rounds: quick ? 1 : 2, many: quick ? 20_000 : 1_000_000 }),
  merge: () => merge({ rounds: quick ? 1 : 3 }),
  attack: () => attack(quick ? { seconds: 3, rounds: 1 } : { seconds: 10, rounds: 2 }),
  start: () => startAndMemory({ rounds: quick ? 1 : 5 }),
};

let stopped = false;

async function main(): Promise<void> {
  const unknown = selected.filter((name) => !(name in measurements));
  if (unknown.length > 0)
    throw new Error(`Unknown measurement: ${unknown.join(', ')}. Available: ${Object.keys(measurements).join(', ')}.`);
  if (write && (quick || selected.length > 0))
    throw new Error('--write publishes a full run: it cannot be combined with --quick or names.');
  postgresClient('pgbench');
  warnIfBusy();
  const { status } = spawnSync(process.execPath, [path.resolve(import.meta.dirname, '../scripts/build.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('The build failed.');

  const figures: Figure[] = [];
  const failed: string[] = [];
  for (const [name, measure] of Object.entries(measurements)) {
    if (stopped || (selected.length > 0 && !selected.includes(name))) continue;
    console.error(`Measuring ${name}…`);
    try {
      figures.push(...(await measure()));
    } catch (error) {
      if (!stopped) console.error(error);
      failed.push(name);
    } finally {
      await releaseAll();
    }
  }
  const run = { machine: describeMachine(), figures };
  console.log(`${run.machine}\n\n${table(figures)}`);
  if (failed.length > 0) throw new Error(`These measurements failed: ${failed.join(', ')}.`);
  if (write && !stopped) publish(run);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopped = true;
    process.exitCode = 1;
    // Makes the current measurement fail, after which main() finishes normally.
    void releaseAll({ final: true });
  });
}
process.on('uncaughtException', (error) => {
  console.error(error);
  void releaseAll({ final: true }).then(() => process.exit(1));
});

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
