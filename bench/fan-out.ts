import { setTimeout as pause } from 'node:timers/promises';
import { startBenchDatabase } from './support/database.ts';
import { median, type Figure } from './support/figures.ts';
import { acquire } from './support/resources.ts';
import { register, loadVisitors, postTask } from './support/people.ts';
import { startServer } from './support/server.ts';
import { canOpen, TabProcesses } from './support/tab-processes.ts';

/** Compares one event to many tabs with plain `ws` sending the same bytes to as many sockets; alternating, with all of them open. */
export async function fanOut({ sizes, rounds }: { sizes: number[]; rounds: number }): Promise<Figure[]> {
  const { env } = await acquire(startBenchDatabase);
  const server = await acquire(() => startServer(env));
  const plain = await acquire(() => startServer({}, ['--import', 'tsx', 'bench/support/plain-ws.ts']));
  const tabs = acquire(() => new TabProcesses());
  const cookie = await register(server.url, 'ana');
  const figures: Figure[] = [];
  let open = 0;
  for (const size of sizes) {
    if (!canOpen(size)) continue;
    // Limited concurrency, and positions loaded anew for each size: tabs with older positions would have to catch up.
    const opening = { count: size - open, concurrency: 100 };
    await tabs.open('ours', { url: server.url, visitors: await loadVisitors(server.url, [cookie]), ...opening });
    await tabs.open('plain', { url: plain.url, visitors: [], ...opening });
    open = size;
    figures.push(
      ...(await compare(size, rounds, {
        ours: () => tabs.deliveryTimes('ours', () => postTask(server.url, cookie, 'A task of the benchmark')),
        plain: (packet) => tabs.deliveryTimes('plain', () => post(plain.url, packet)),
      })),
    );
  }
  return figures;
}

type Times = Awaited<ReturnType<TabProcesses['deliveryTimes']>>;

async function compare(
  size: number,
  rounds: number,
  { ours, plain }: { ours: () => Promise<Times>; plain: (packet: string) => Promise<Times> },
): Promise<Figure[]> {
  const pairs: { ours: Times; plain: Times }[] = [];
  for (let n = -rounds; n < rounds; n += 1) {
    const oursTimes = await ours();
    await pause(50);
    const plainTimes = await plain(oursTimes.packet);
    await pause(50);
    if (n >= 0) pairs.push({ ours: oursTimes, plain: plainTimes });
  }
  const name = `one event to ${size.toLocaleString('en')} tabs`;
  return [
    { name: `${name}: first tab`, value: median(pairs.map((pair) => pair.ours.first)), unit: 'ms' },
    { name: `${name}: last tab`, value: median(pairs.map((pair) => pair.ours.last)), unit: 'ms' },
    { name: `${name}: last tab, plain ws`, value: median(pairs.map((pair) => pair.plain.last)), unit: 'ms' },
    {
      name: `${name}: first to last tab, ours ÷ plain ws`,
      value: median(pairs.map((pair) => spread(pair.ours) / spread(pair.plain))),
      unit: '',
    },
    {
      name: `${name}: last tab, ours ÷ plain ws`,
      value: median(pairs.map((pair) => pair.ours.last / pair.plain.last)),
      unit: '',
      goal: { is: 'at most', value: 1.3 },
    },
  ];
}

const spread = ({ first, last }: Times): number => last - first;

async function post(url: string, body: string): Promise<void> {
  const response = await fetch(`${url}/tasks`, { method: 'POST', redirect: 'manual', body });
  await response.arrayBuffer();
}
