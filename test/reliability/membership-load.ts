import { io } from 'socket.io-client';
import { eventually } from '../support/process.ts';
import type { Churn } from './evidence.ts';
import type { Browser } from './people.ts';
import type { ClientPosition } from './probe.ts';
import type { WatchedServer } from './servers.ts';

/** Concurrent tabs over all users, below the limit for one of them. */
const AT_ONCE = 20;
const WARM_UP = 300;
const MOST_REFUSALS = 10;

/** Connects and disconnects many tabs at a server with one process and no open tabs. */
export async function membershipLoad(server: WatchedServer, browsers: Browser[], cycles: number): Promise<Churn> {
  const [pid = 0] = server.serving;
  await comeAndGo(server.url, browsers, WARM_UP);
  const before = await settled(server, pid);
  await comeAndGo(server.url, browsers, cycles);
  const after = await settled(server, pid);
  return {
    cycles,
    heapBefore: before.heap,
    heapAfter: after.heap,
    left: { sockets: after.sockets, rooms: after.rooms, newListeners: Math.max(0, after.listeners - before.listeners) },
  };
}

async function comeAndGo(url: string, browsers: Browser[], cycles: number): Promise<void> {
  let begun = 0;
  const one = async (): Promise<void> => {
    while (begun < cycles) {
      const { cookie } = browsers[(begun += 1) % browsers.length]!;
      await visit(url, cookie);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** Connects like a page, with retries, joins its rooms and disconnects. */
async function visit(url: string, cookie: string): Promise<void> {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 50,
    extraHeaders: { origin: url, cookie },
  });
  await new Promise<void>((resolve, reject) => {
    let refusals = 0;
    socket.once('connect', resolve);
    socket.on('connect_error', (error) => {
      if ((refusals += 1) === MOST_REFUSALS) reject(error);
    });
  });
  await socket.timeout(10_000).emitWithAck('catch_up', {});
  socket.disconnect();
}

/** What is in memory once the last tab has gone, or after a timeout. */
async function settled(server: WatchedServer, pid: number): Promise<ClientPosition> {
  let held = await server.held(pid);
  await eventually(async () => {
    held = await server.held(pid);
    return held.sockets === 0 && held.rooms === 0;
  }, 'every tab to be gone').catch(() => undefined);
  return held;
}
