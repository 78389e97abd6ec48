import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../../lib/logger.ts';
import { ignoreUpgradeErrors } from '../../lib/http-server.ts';
import { Server } from 'socket.io';
import { z } from 'zod';
import {
  taskEventNames,
  type Announcement,
  type AnnouncementName,
  type LoopbackMessages,
} from '../../shared/events.ts';
import { isSameSecret } from '../../lib/random-token.ts';

export interface LoopbackServer {
  url: string;
  /** The client's bearer token, generated at every start. */
  secret: string;
  close(): Promise<void>;
}

const announcementNames: readonly AnnouncementName[] = [...taskEventNames, 'category_changed'];
const id = z.int().positive().nullable();
const announcement = z.strictObject({ id, listId: id });

/**
 * The loopback socket.io server that the in-process client talks to. `exclusive`, because cluster workers would
 * otherwise share the port: 2 of 36 connections reached their own process.
 */
export async function startLoopbackServer(
  onAnnouncement: (announcement: Announcement) => void,
  log: Logger,
): Promise<LoopbackServer> {
  const secret = randomBytes(32).toString('base64url');
  const expected = `Bearer ${secret}`;
  const http = createServer((_request, response) => response.writeHead(404).end());
  ignoreUpgradeErrors(http);
  const io = new Server<LoopbackMessages>(http, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: 4096,
    allowRequest: (request, decide) => {
      decide(null, mayConnect(request, expected));
    },
  });
  io.on('connection', (socket) => {
    for (const name of announcementNames)
      socket.on(name, (message: unknown) => {
        receive(message, onAnnouncement, log);
      });
  });

  http.listen({ host: '127.0.0.1', port: 0, exclusive: true });
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`,
    secret,
    close: async () => {
      await io.close();
    },
  };
}

/** A browser cannot set this header and always sends Origin. */
function mayConnect({ headers }: IncomingMessage, expected: string): boolean {
  return headers.origin === undefined && isSameSecret(headers.authorization ?? '', expected);
}

// A listener that throws would crash the process: socket.io calls it outside any promise.
function receive(message: unknown, onAnnouncement: (announcement: Announcement) => void, log: Logger): void {
  try {
    onAnnouncement(announcement.parse(message));
  } catch (error) {
    log.error({ err: error }, 'handling a loopback announcement failed');
  }
}
