import { io } from 'socket.io-client';
import { eventually } from '../support/process.ts';
import type { ConnectionLoad } from './evidence.ts';
import type { Browser } from './people.ts';
import type { ProcessState } from './probe.ts';
import type { WatchedServer } from './servers.ts';

/** Concurrent tabs over all users, below the limit for one of them. */
const CONCURRENCY = 20;
const WARM_UP = 300;
const MAX_REFUSALS = 10;

/** Connects and disconnects many tabs at a server with one process and no open tabs. */
export async function connectionLoad(
  server: WatchedServer,
  browsers: Browser[],
  cycles: number,
): Promise<ConnectionLoad> {
  const [pid = 0] = server.serving;
  await connectRepeatedly(server.url, browsers, WARM_UP);
  const before = await readIdleState(server, pid);
  await connectRepeatedly(server.url, browsers, cycles);
  const after = await readIdleState(server, pid);
  return {
    cycles,
    heapBefore: before.heap,
    heapAfter: after.heap,
    left: { sockets: after.sockets, rooms: after.rooms, newListeners: Math.max(0, after.listeners - before.listeners) },
  };
}

async function connectRepeatedly(url: string, browsers: Browser[], cycles: number): Promise<void> {
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < cycles) {
      const { cookie } = browsers[(started += 1) % browsers.length]!;
      await visit(url, cookie);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
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
      if ((refusals += 1) === MAX_REFUSALS) reject(error);
    });
  });
  await socket.timeout(10_000).emitWithAck('catch_up', {});
  socket.disconnect();
}

/** The state of the process once every tab has disconnected, or after a timeout. */
async function readIdleState(server: WatchedServer, pid: number): Promise<ProcessState> {
  let state = await server.readState(pid);
  await eventually(async () => {
    state = await server.readState(pid);
    return state.sockets === 0 && state.rooms === 0;
  }, 'every tab to disconnect').catch(() => undefined);
  return state;
}
