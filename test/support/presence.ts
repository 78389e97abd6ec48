import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { defaultLimits, type SocketLimits } from '../../src/realtime/sockets/limits.ts';
import { startPresence as trackPresence, type PresenceTracker } from '../../src/realtime/presence/presence.ts';
import { listRoom, type Tabs } from '../../src/realtime/sockets/sockets.ts';
import { recorder, type Recorder } from './recorder.ts';

const log = pino({ level: 'silent' });

/** As a process sees it: its own public server, the shared table. */
export interface PresenceProcess {
  id: string;
  presence: PresenceTracker;
  /** What it told the other processes. */
  moved: Recorder<number[]>;
  open(user: number, ...lists: number[]): { counts: Recorder<number>; close(): void };
  close(): Promise<void>;
}

/** Two that tell each other, as the bus does. */
export async function startTwoPresences(t: TestContext): Promise<[PresenceProcess, PresenceProcess]> {
  const others: PresenceProcess[] = [];
  const tell =
    (from: () => PresenceProcess) =>
    (listIds: number[]): void => {
      for (const other of others) if (other !== from()) other.presence.recount(listIds);
    };
  const one: PresenceProcess = await startPresence(
    t,
    {},
    tell(() => one),
  );
  const two: PresenceProcess = await startPresence(
    t,
    {},
    tell(() => two),
  );
  others.push(one, two);
  return [one, two];
}

export async function startPresence(
  t: TestContext,
  own: Partial<SocketLimits> = {},
  tell: (listIds: number[]) => void = () => undefined,
): Promise<PresenceProcess> {
  const http = createServer();
  const tabs: Tabs = new Server(http, { transports: ['websocket'] });
  const moved = recorder<number[]>();
  const id = randomUUID();
  tabs.use((tab, next) => {
    tab.data = { viewer: { id: Number(tab.handshake.auth.user) } as never, credentials: { sid: 'any' }, origin: '' };
    next();
  });
  tabs.on('connection', (tab) => tab.join((tab.handshake.auth.lists as number[]).map(listRoom)));
  const presence = trackPresence({
    tabs,
    processId: id,
    limits: { ...defaultLimits, presenceMs: 20, ...own },
    onChange: (listIds) => {
      moved.add(listIds);
      tell(listIds);
    },
    log,
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const clients: Socket[] = [];
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    // Otherwise those that a failed test leaves open would go on reconnecting, and keep the process alive.
    for (const client of clients) client.disconnect();
    await tabs.close();
    await presence.close();
  };
  t.after(() => (closed ??= close()));
  return {
    id,
    presence,
    moved,
    close: () => (closed ??= close()),
    open: (user, ...lists) => {
      const socket = io(url, { transports: ['websocket'], forceNew: true, auth: { user, lists } });
      clients.push(socket);
      const counts = recorder<number>();
      socket.on('count_updated', ({ count }: { count: number }) => {
        counts.add(count);
      });
      return { counts, close: () => socket.disconnect() };
    },
  };
}
