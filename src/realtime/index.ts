/* eslint-disable max-lines -- the order in which everything live starts and stops is read in one place */
import { randomUUID } from 'node:crypto';
import type { RequestListener, Server as HttpServer } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { Logger } from '../lib/logger.ts';
import { ignoreUpgradeErrors } from '../lib/listen.ts';
import { Server } from 'socket.io';
import type { Sequelize } from 'sequelize';
import type { Connection } from '../config/connection.ts';
import type { Settings } from '../config/env.ts';
import { subscribe } from '../events/index.ts';
import type { ListEvent } from '../shared/events.ts';
import { bounds as usual, type Bounds } from './sockets/limits.ts';
import type { Hint } from './bus/message.ts';
import { startBus, type Bus } from './bus/index.ts';
import { answerCatchUps } from './delivery/catch-up.ts';
import { startLoopbackClient } from './loopback/client.ts';
import { Connections } from './sockets/connections.ts';
import { guardHandshake, refusalOf } from './sockets/handshake.ts';
import { followInbox } from './delivery/inbox.ts';
import { followPresence } from './presence/presence.ts';
import { ListReaders } from './delivery/readers.ts';
import { leaveListRoom, joinRooms, reviseRoom, reviseRoomsOf } from './sockets/rooms.ts';
import { endAccess, endTabs, followSessionEnds } from './sockets/session-end.ts';
import { startSweep } from './delivery/sweep.ts';
import { listOfRoom, listRoom, type Tab, type Tabs } from './sockets/sockets.ts';
import { startLoopbackServer } from './loopback/server.ts';

/** A ListEvent's name and payload belong together, which two arguments cannot say. */
interface UntypedRoom {
  emit(name: ListEvent['name'], payload: ListEvent['payload']): void;
}

export interface RealtimeParts {
  http: HttpServer;
  sequelize: Sequelize;
  /** Of the same database, for the bus. */
  connection: Connection;
  settings: Settings;
  session: RequestHandler;
  log: Logger;
  bounds?: Partial<Bounds>;
}

export interface Realtime {
  /** What is held for open tabs: nothing where there are none. */
  held(): { tabs: number; rooms: number; readers: number };
  /** Delivers what is committed, then ends the wire, every tab's connection and the bus. The tabs come back by themselves. */
  close(): Promise<void>;
}

/** Connects the pages' sockets on `http` with the event log. One for each process. */
export async function startRealtime({
  http,
  connection,
  settings,
  session,
  log,
  bounds: own,
}: RealtimeParts): Promise<Realtime> {
  const bounds = { ...usual, ...own };
  const connections = new Connections(bounds, settings.rateLimits, log);
  const appListeners = http.listeners('request') as RequestListener[];
  let closing = false;
  // connectionStateRecovery stays off: it lets a removed member back in without asking.
  const tabs: Tabs = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: bounds.packetBytes,
    connectTimeout: bounds.connectMs,
    allowRequest: (request, decide) => {
      const refusal = closing ? 'closing' : refusalOf(request, settings, connections);
      decide(refusal, refusal === null);
    },
  });
  // The engine takes plain requests under its path too; with websockets alone there are none that it could serve.
  http.removeAllListeners('request');
  for (const listener of appListeners) http.on('request', listener);
  ignoreUpgradeErrors(http);
  guardHandshake(tabs, session, connections);
  const reviseAccess = (userId: number): void => {
    inbox.recount(userId);
    reviseRoomsOf(tabs, userId).catch((error: unknown) => {
      log.warn({ err: error, userId }, 'what somebody may see could not be asked; the sweep asks again');
    });
  };
  const readers = new ListReaders(
    {
      emit: (listId, { name, payload }) => {
        (tabs.to(listRoom(listId)) as UntypedRoom).emit(name, payload);
        inbox.newsIn(listId);
      },
      leaveListRoom: (listId, userId) => {
        leaveListRoom(tabs, userId, listId);
        // Who has come back since is let in again.
        reviseAccess(userId);
      },
      revise: async (listId) => {
        await reviseRoom(tabs, listId);
      },
      tell: (listId, position) => {
        tabs.to(listRoom(listId)).emit('list_versions', { [listId]: position });
        inbox.newsIn(listId);
      },
    },
    log,
  );
  followRooms(tabs, readers);
  tabs.on('connection', (tab) => {
    welcome(tab, { tabs, readers, bounds, log });
  });

  const processId = randomUUID();
  let bus: Bus | null = null;
  const send = (hint: Hint): void => {
    bus?.send(hint);
  };
  const sweep = startSweep(tabs, readers, bounds, log);
  const presence = followPresence({
    tabs,
    processId,
    bounds,
    moved: (listIds) => {
      send({ name: 'members_changed', listIds });
    },
    log,
  });
  const inbox = followInbox({ tabs, bounds, send, log });
  const wake = (listId: number | null): void => {
    // What does not say its list is asked of all at once, instead of each.
    if (listId === null) sweep.compare();
    else readers.wake(listId);
  };
  const hear = (hint: Hint): void => {
    if (hint.name === 'list_changed') wake(hint.listId);
    else if (hint.name === 'members_changed') presence.recount(hint.listIds);
    else if (hint.name === 'access_changed') reviseAccess(hint.userId);
    else if (hint.name === 'inbox_changed') inbox.recount(hint.userId);
    else endAccess(tabs, hint);
  };
  const stops = [
    sweep.stop,
    inbox.stop,
    followSessionEnds(tabs, send),
    subscribe('access_changed', ({ userId }) => {
      reviseAccess(userId);
      send({ name: 'access_changed', userId });
    }),
    // Not from the wire, where each new connection has every list looked at.
    subscribe('changed', (_name, { listId }) => {
      send({ name: 'list_changed', listId });
    }),
  ];
  bus = await startBus({
    processId,
    connection,
    redis: redisPlace(settings),
    listener: {
      hear,
      back: () => {
        sweep.all();
        inbox.all();
      },
    },
    log,
  });
  const wire = await startLoopbackServer(({ listId }) => {
    wake(listId);
  }, log);
  const client = startLoopbackClient(wire, log);

  return {
    held: () => {
      const { sockets, adapter } = tabs.of('/');
      return { tabs: sockets.size, rooms: adapter.rooms.size, readers: readers.listIds.length };
    },
    close: async () => {
      closing = true;
      tabs.emit('server_restarting', { withinMs: reconnectWithin(tabs.of('/').sockets.size, bounds) });
      await Promise.race([readers.settle(), after(bounds.lastReadingMs, undefined, { ref: false })]);
      client.close();
      await wire.close();
      for (const stop of stops) stop();
      await connections.closeAll();
      tabs.engine.close();
      await presence.close();
      await bus.close();
    },
  };
}

/** The more tabs there are, the longer the time over which they come back. */
function reconnectWithin(open: number, { reconnectWithinMs: { each, least, most } }: Bounds): number {
  return Math.min(Math.max(least, open * each), most);
}

/** DATABASE_SSL says what a platform's certificates are worth, and Redis comes from the same platform. */
function redisPlace({ redisUrl, databaseSsl, sessionSecret }: Settings) {
  return redisUrl ? { url: redisUrl, verify: databaseSsl !== 'no-verify', secret: sessionSecret } : null;
}

/** A list is read here as long as a tab is in its room. */
function followRooms(tabs: Tabs, readers: ListReaders): void {
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

interface Welcome {
  tabs: Tabs;
  readers: ListReaders;
  bounds: Bounds;
  log: Logger;
}

function welcome(tab: Tab, { tabs, readers, bounds, log }: Welcome): void {
  // Who leaves without hanging up would hold a connection that no timeout ends.
  tab.on('disconnect', () => {
    tab.conn.close();
  });
  const joined = joinRooms(tab);
  answerCatchUps(tab, joined, readers, bounds, log);
  joined.then(
    (ended) => {
      if (ended) endTabs(tabs, tab.id, ended);
    },
    (error: unknown) => {
      log.warn({ err: error }, 'a tab could not join its rooms');
      // Closed without a word from socket.io, which makes the tab connect again by itself.
      tab.conn.close();
    },
  );
}
