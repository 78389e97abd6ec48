import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { startBenchDatabase } from './support/database.ts';
import { quantile, type Figure } from './support/figures.ts';
import { register, writeTask } from './support/people.ts';
import { startServer } from './support/server.ts';

/** POST to the event in another tab, at rest; beside a server that emits straight from its route. */
export async function eventLatency({ samples }: { samples: number }): Promise<Figure[]> {
  const database = await startBenchDatabase();
  const server = await startServer({ DATABASE_URL: database.url, DATABASE_SSL: 'off' });
  const direct = await startServer({ DATABASE_URL: database.url, DATABASE_SSL: 'off' }, ['--import', 'tsx', 'bench/support/direct-emit.ts']);
  try {
    const cookie = await register(server.url, 'ana');
    const [ours, theirs] = [await openTab(server.url, cookie), await openTab(direct.url, cookie)];
    const measured = { ours: [] as number[], theirs: [] as number[] };
    const warmUp = Math.ceil(samples / 5);
    for (let n = -warmUp; n < samples; n += 1) {
      const pair = [await latencyOf(ours, server.url, cookie), await latencyOf(theirs, direct.url, cookie)] as const;
      if (n < 0) continue;
      measured.ours.push(pair[0]);
      measured.theirs.push(pair[1]);
    }
    ours.disconnect();
    theirs.disconnect();
    const [p50, direct50] = [quantile(measured.ours, 0.5), quantile(measured.theirs, 0.5)];
    return [
      { name: 'POST to the event in another tab, p50', value: p50, unit: 'ms', goal: { is: 'at most', value: 4 } },
      { name: 'POST to the event in another tab, p99', value: quantile(measured.ours, 0.99), unit: 'ms', goal: { is: 'at most', value: 12 } },
      { name: 'the same from a direct emit, p50', value: direct50, unit: 'ms' },
      { name: 'ours ÷ direct emit, p50', value: p50 / direct50, unit: '', goal: { is: 'at most', value: 1.5 } },
    ];
  } finally {
    await direct.stop();
    await server.stop();
    await database.stop();
  }
}

async function openTab(url: string, cookie: string): Promise<Socket> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie, origin: url } });
  await once(socket as unknown as NodeJS.EventEmitter, 'connect');
  await socket.emitWithAck('catch_up', {});
  return socket;
}

/** Milliseconds from sending the form to the event. */
async function latencyOf(tab: Socket, url: string, cookie: string): Promise<number> {
  const arrived = new Promise<number>((resolve) => tab.once('new_task', () => { resolve(performance.now()); }));
  const began = performance.now();
  await writeTask(url, cookie, 'A task of the benchmark');
  const took = (await arrived) - began;
  await pause(10);
  return took;
}
