import type { RequestListener, Server as HttpServer } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { Logger } from '../lib/logger.ts';
import { outliveResets } from '../lib/outlive-resets.ts';
import { Server } from 'socket.io';
import type { Sequelize } from 'sequelize';
import type { Settings } from '../config/env.ts';
import type { FeedEvent } from '../shared/events.ts';
import { bounds as usual, type Bounds } from './bounds.ts';
import { answerCatchUps } from './catch-up.ts';
import { startWireClient } from './client.ts';
import { Connections } from './connections.ts';
import { guardHandshake, refusalOf } from './handshake.ts';
import { followPresence } from './presence.ts';
import { FeedReaders } from './readers.ts';
import { joinRooms } from './rooms.ts';
import { endTabs, followSessionEnds } from './session-end.ts';
import { startSweep } from './sweep.ts';
import { feedOfRoom, feedRoom, type Tab, type Tabs } from './tabs.ts';
import { startWire } from './wire.ts';

/** A FeedEvent's name and payload belong together, which two arguments cannot say. */
interface UntypedRoom {
  emit(name: FeedEvent['name'], payload: FeedEvent['payload']): void;
}

export interface RealtimeParts {
  http: HttpServer;
  sequelize: Sequelize;
  settings: Settings;
  session: RequestHandler;
  log: Logger;
  bounds?: Partial<Bounds>;
}

export interface Realtime {
  /** Delivers what is committed, then ends the wire and every tab's connection. The tabs come back by themselves. */
  close(): Promise<void>;
}

/** Connects the pages' sockets on `http` with the event log. One for each process. */
export async function startRealtime({ http, settings, session, log, bounds: own }: RealtimeParts): Promise<Realtime> {
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
  outliveResets(http);
  guardHandshake(tabs, session, connections);
  const readers = new FeedReaders({
    emit: (feedId, { name, payload }) => { (tabs.to(feedRoom(feedId)) as UntypedRoom).emit(name, payload); },
    tell: (feedId, position) => { tabs.to(feedRoom(feedId)).emit('feed_versions', { [feedId]: position }); },
  }, log);
  followRooms(tabs, readers);
  tabs.on('connection', (tab) => { welcome(tab, { tabs, readers, bounds, log }); });

  const stops = [followSessionEnds(tabs), followPresence(tabs, bounds), startSweep(tabs, readers, bounds, log)];
  const wire = await startWire(({ feedId }) => { readers.wake(feedId); }, log);
  const client = startWireClient(wire, log);

  return {
    close: async () => {
      closing = true;
      await Promise.race([readers.settle(), after(bounds.lastReadingMs, undefined, { ref: false })]);
      client.close();
      await wire.close();
      for (const stop of stops) stop();
      await connections.closeAll();
      tabs.engine.close();
    },
  };
}

/** A feed is read here as long as a tab is in its room. */
function followRooms(tabs: Tabs, readers: FeedReaders): void {
  const { adapter } = tabs.of('/');
  adapter.on('create-room', (room: string) => {
    const feedId = feedOfRoom(room);
    if (feedId !== null) readers.open(feedId);
  });
  adapter.on('delete-room', (room: string) => {
    const feedId = feedOfRoom(room);
    if (feedId !== null) readers.close(feedId);
  });
}

interface Welcome {
  tabs: Tabs;
  readers: FeedReaders;
  bounds: Bounds;
  log: Logger;
}

function welcome(tab: Tab, { tabs, readers, bounds, log }: Welcome): void {
  // Who leaves without hanging up would hold a connection that no timeout ends.
  tab.on('disconnect', () => { tab.conn.close(); });
  const joined = joinRooms(tab);
  answerCatchUps(tab, joined, readers, bounds, log);
  joined.then(
    (ended) => { if (ended) endTabs(tabs, tab.id, ended); },
    (fault: unknown) => {
      log.warn({ err: fault }, 'a tab could not join its rooms');
      // Closed without a word from socket.io, which makes the tab connect again by itself.
      tab.conn.close();
    },
  );
}
