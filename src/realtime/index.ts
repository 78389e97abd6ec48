/* eslint-disable max-lines -- everything live starts and stops here, in an order that matters */
import { randomUUID } from 'node:crypto';
import type { RequestListener, Server as HttpServer } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { Logger } from '../lib/logger.ts';
import { ignoreUpgradeErrors } from '../lib/http-server.ts';
import { Server } from 'socket.io';
import type { Sequelize } from 'sequelize';
import { addUrl } from '../presenters/event.ts';
import type { Connection } from '../config/connection.ts';
import type { Settings } from '../config/env.ts';
import { announce, subscribe } from '../events/index.ts';
import type { ListEvent } from '../shared/events.ts';
import { defaultLimits, type SocketLimits } from './sockets/limits.ts';
import type { Hint } from './bus/message.ts';
import { startBus, type Bus } from './bus/index.ts';
import { answerCatchUps } from './delivery/catch-up.ts';
import { startLoopbackClient } from './loopback/client.ts';
import { Connections } from './sockets/connections.ts';
import { guardHandshake, refusalOf } from './sockets/handshake.ts';
import { startInboxCounts } from './delivery/inbox.ts';
import { startPresence } from './presence/presence.ts';
import { ListReaders } from './delivery/readers.ts';
import { leaveListRoom, joinRooms, updateRoomsOfList, updateRoomsOfUser } from './sockets/rooms.ts';
import { closeEndedTabs, closeTabs, subscribeToSessionEnds } from './sockets/session-end.ts';
import { startSweep } from './delivery/sweep.ts';
import { listOfRoom, listRoom, type Tab, type Tabs } from './sockets/sockets.ts';
import { startLoopbackServer } from './loopback/server.ts';

/** The types cannot say that an event's name and payload belong together when they are two arguments. */
interface UntypedRoom {
  emit(name: ListEvent['name'], payload: ListEvent['payload']): void;
}

export interface RealtimeParts {
  http: HttpServer;
  sequelize: Sequelize;
  /** To the same database, for the bus. */
  connection: Connection;
  settings: Settings;
  session: RequestHandler;
  log: Logger;
  limits?: Partial<SocketLimits>;
}

export interface Realtime {
  /** What is kept in memory for open tabs; all zero if there are none. */
  openResources(): { tabs: number; rooms: number; readers: number };
  /**
   * Delivers what is committed, then closes the loopback, all tab connections and the bus. Tabs reconnect by
   * themselves.
   */
  close(): Promise<void>;
}

/** Serves browser sockets on `http` from the event log. Once per process. */
export async function startRealtime({
  http,
  connection,
  settings,
  session,
  log,
  limits: own,
}: RealtimeParts): Promise<Realtime> {
  const limits = { ...defaultLimits, ...own };
  const connections = new Connections(limits, settings.rateLimits, log);
  const appListeners = http.listeners('request') as RequestListener[];
  let closing = false;
  // connectionStateRecovery stays off: it readmits a removed member without checking.
  const tabs: Tabs = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: limits.packetBytes,
    connectTimeout: limits.connectMs,
    allowRequest: (request, decide) => {
      const refusal = closing ? 'closing' : refusalOf(request, settings, connections);
      decide(refusal, refusal === null);
    },
  });
  // The engine also intercepts plain requests under its path, but with websockets only it could serve none of them.
  http.removeAllListeners('request');
  for (const listener of appListeners) http.on('request', listener);
  ignoreUpgradeErrors(http);
  guardHandshake(tabs, session, settings, connections);
  const reviseAccess = (userId: number): void => {
    inbox.recount(userId);
    updateRoomsOfUser(tabs, userId).catch((error: unknown) => {
      log.warn({ err: error, userId }, 'updating rooms failed, the sweep will retry');
    });
  };
  const readers = new ListReaders(
    {
      emit: (listId, event) => {
        emitToList(tabs, listId, event);
        inbox.listChanged(listId);
        announce('changed_elsewhere', { listId });
      },
      leaveListRoom: (listId, userId) => {
        leaveListRoom(tabs, userId, listId);
        // They may have rejoined since.
        reviseAccess(userId);
      },
      updateRooms: async (listId) => {
        await updateRoomsOfList(tabs, listId);
      },
      sendVersions: (listId, position) => {
        tabs.to(listRoom(listId)).emit('list_versions', { [listId]: position });
        inbox.listChanged(listId);
        announce('changed_elsewhere', { listId });
      },
    },
    log,
  );
  readListsWithTabs(tabs, readers);
  tabs.on('connection', (tab) => {
    onConnection(tab, { tabs, readers, limits, log });
  });

  const processId = randomUUID();
  let bus: Bus | null = null;
  const send = (hint: Hint): void => {
    bus?.send(hint);
  };
  const sweep = startSweep(tabs, readers, limits, log);
  const presence = startPresence({
    tabs,
    processId,
    limits,
    onChange: (listIds) => {
      send({ name: 'members_changed', listIds });
    },
    log,
  });
  const inbox = startInboxCounts({ tabs, limits, send, log });
  const wake = (listId: number | null): void => {
    // Null means any list: one query for all of them.
    if (listId === null) sweep.compare();
    else readers.wake(listId);
  };
  const onHint = (hint: Hint): void => {
    if (hint.name === 'list_changed') {
      wake(hint.listId);
      announce('changed_elsewhere', hint);
    } else if (hint.name === 'members_changed') presence.recount(hint.listIds);
    else if (hint.name === 'access_changed') reviseAccess(hint.userId);
    else if (hint.name === 'inbox_changed') inbox.recount(hint.userId);
    else closeEndedTabs(tabs, hint);
  };
  const stops = [
    sweep.stop,
    inbox.stop,
    subscribeToSessionEnds(tabs, send),
    subscribe('access_changed', ({ userId }) => {
      reviseAccess(userId);
      send({ name: 'access_changed', userId });
    }),
    // Not from the loopback, where each new connection wakes every list.
    subscribe('changed', (_name, { listId }) => {
      send({ name: 'list_changed', listId });
    }),
  ];
  bus = await startBus({
    processId,
    connection,
    redis: redisOptions(settings),
    listener: {
      onHint,
      onReconnect: () => {
        sweep.all();
        inbox.recountAll();
        announce('changed_elsewhere', { listId: null });
      },
    },
    log,
  });
  const loopback = await startLoopbackServer(({ listId }) => {
    wake(listId);
  }, log);
  const client = startLoopbackClient(loopback, log);

  return {
    openResources: () => {
      const { sockets, adapter } = tabs.of('/');
      return { tabs: sockets.size, rooms: adapter.rooms.size, readers: readers.listIds.length };
    },
    close: async () => {
      closing = true;
      tabs.emit('server_restarting', { withinMs: reconnectWithin(tabs.of('/').sockets.size, limits) });
      await Promise.race([readers.settle(), after(limits.lastReadingMs, undefined, { ref: false })]);
      client.close();
      await loopback.close();
      for (const stop of stops) stop();
      await connections.closeAll();
      tabs.engine.close();
      await presence.close();
      await bus.close();
    },
  };
}

/** The more tabs there are, the longer the period over which they reconnect. */
function reconnectWithin(open: number, { reconnectWithinMs: { each, least, most } }: SocketLimits): number {
  return Math.min(Math.max(least, open * each), most);
}

/** DATABASE_SSL says whether the platform's certificates can be verified, and Redis comes from the same platform. */
function redisOptions({ redisUrl, databaseSsl, sessionSecret }: Settings) {
  return redisUrl ? { url: redisUrl, verify: databaseSsl !== 'no-verify', secret: sessionSecret } : null;
}

/** A list has a reader in this process as long as a tab is in its room. */
function readListsWithTabs(tabs: Tabs, readers: ListReaders): void {
  const { adapter } = tabs.of('/');
  adapter.on('create-room', (room: string) => {
    const listId = listOfRoom(room);
    if (listId !== null) readers.open(listId);
  });
  adapter.on('delete-room', (room: string) => {
    const listId = listOfRoom(room);
    if (listId !== null) readers.close(listId);
  });
}

/** One packet for all tabs that reached the server by the same address: with PUBLIC_URL, all there are. */
function emitToList(tabs: Tabs, listId: number, event: ListEvent): void {
  const { adapter, sockets } = tabs.of('/');
  const byOrigin = new Map<string, string[]>();
  for (const id of adapter.rooms.get(listRoom(listId)) ?? []) {
    const origin = sockets.get(id)?.data.origin;
    if (origin === undefined) continue;
    const ids = byOrigin.get(origin);
    if (ids) ids.push(id);
    else byOrigin.set(origin, [id]);
  }
  for (const [origin, ids] of byOrigin) {
    const { name, payload } = addUrl(event, origin);
    (tabs.to(byOrigin.size === 1 ? listRoom(listId) : ids) as UntypedRoom).emit(name, payload);
  }
}

interface ConnectionContext {
  tabs: Tabs;
  readers: ListReaders;
  limits: SocketLimits;
  log: Logger;
}

function onConnection(tab: Tab, { tabs, readers, limits, log }: ConnectionContext): void {
  // A client may leave the namespace and keep the connection, which no timeout would end.
  tab.on('disconnect', () => {
    tab.conn.close();
  });
  const joined = joinRooms(tab);
  answerCatchUps(tab, joined, readers, limits, log);
  joined.then(
    (ended) => {
      if (ended) closeTabs(tabs, tab.id, ended);
    },
    (error: unknown) => {
      log.warn({ err: error }, 'joining rooms failed, closing the connection');
      // Without a disconnect packet, so that the tab reconnects by itself.
      tab.conn.close();
    },
  );
}
