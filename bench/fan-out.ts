import { setTimeout as pause } from 'node:timers/promises';
import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { keep } from './support/keep.ts';
import { register, visitorsOf, writeTask } from './support/people.ts';
import { startServer } from './support/server.ts';
import { mayOpen, TabProcesses } from './support/tab-processes.ts';

/** One event to so many tabs beside plain `ws`, which sends the same bytes to as many sockets; in turn, with all of them open. */
export async function fanOut({ sizes, rounds }: { sizes: number[]; rounds: number }): Promise<Figure[]> {
  const { env } = await keep(startBenchDatabase);
  const server = await keep(() => startServer(env));
  const plain = await keep(() => startServer({}, ['--import', 'tsx', 'bench/support/plain-ws.ts']));
  const tabs = keep(() => new TabProcesses());
  const cookie = await register(server.url, 'ana');
  const figures: Figure[] = [];
  let open = 0;
  for (const size of sizes) {
    if (!mayOpen(size)) continue;
    // At most so many at once, and what their pages show is asked anew: positions of a moment ago would be caught up.
    const opening = { count: size - open, atOnce: 100 };
    await tabs.open('ours', { url: server.url, visitors: await visitorsOf(server.url, [cookie]), ...opening });
    await tabs.open('plain', { url: plain.url, visitors: [], ...opening });
    open = size;
    figures.push(
      ...(await compare(size, rounds, {
        ours: () => tabs.timesOf('ours', () => writeTask(server.url, cookie, 'A task of the benchmark')),
        plain: (packet) => tabs.timesOf('plain', () => post(plain.url, packet)),
      })),
    );
  }
  return figures;
}

type Times = Awaited<ReturnType<TabProcesses['timesOf']>>;

async function compare(
  size: number,
  rounds: number,
  { ours, plain }: { ours: () => Promise<Times>; plain: (packet: string) => Promise<Times> },
): Promise<Figure[]> {
  const pairs: { ours: Times; plain: Times }[] = [];
  for (let n = -rounds; n < rounds; n += 1) {
    const one = await ours();
    await pause(50);
    const other = await plain(one.packet);
    await pause(50);
    if (n >= 0) pairs.push({ ours: one, plain: other });
  }
  const to = `one event to ${size.toLocaleString('en')} tabs`;
  return [
    { name: `${to}: from the write to the first`, value: median(pairs.map((pair) => pair.ours.first)), unit: 'ms' },
    { name: `${to}: from the write to the last`, value: median(pairs.map((pair) => pair.ours.last)), unit: 'ms' },
    { name: `${to}: the same from plain ws`, value: median(pairs.map((pair) => pair.plain.last)), unit: 'ms' },
    {
      name: `${to}: from the first to the last, ours ÷ plain ws`,
      value: median(pairs.map((pair) => spread(pair.ours) / spread(pair.plain))),
      unit: '',
    },
    {
      name: `${to}: ours ÷ plain ws`,
      value: median(pairs.map((pair) => pair.ours.last / pair.plain.last)),
      unit: '',
      goal: { is: 'at most', value: 1.3 },
    },
  ];
}

const spread = ({ first, last }: Times): number => last - first;

async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(`${url}/tasks`, { method: 'POST', redirect: 'manual', body });
  await answer.arrayBuffer();
}
