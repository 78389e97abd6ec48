import { io } from 'socket.io-client';
import { eventually } from '../support/process.ts';
import type { Churn } from './evidence.ts';
import type { Browser } from './people.ts';
import type { ClientPosition } from './probe.ts';
import type { WatchedServer } from './servers.ts';

/** At once, over all people: below what one of them may have open. */
const AT_ONCE = 20;
const WARM_UP = 300;
const MOST_REFUSALS = 10;

/** Tabs come and go at a server of one process, where none is open now. */
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

/** Connects, as a page does as often as it takes, is in its rooms, and goes. */
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

/** What is held once the last tab has gone, or after a while all the same. */
async function settled(server: WatchedServer, pid: number): Promise<ClientPosition> {
  let held = await server.held(pid);
  await eventually(async () => {
    held = await server.held(pid);
    return held.sockets === 0 && held.rooms === 0;
  }, 'every tab to be gone').catch(() => undefined);
  return held;
}
