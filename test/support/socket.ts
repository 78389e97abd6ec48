import { io, type Socket } from 'socket.io-client';
import type { CatchUpAnswer, Positions, ServerToTab, TabToServer, ConnectionError } from '../../src/shared/events.ts';
import type { Client } from './client.ts';
import { recorder, type Recorder } from './recorder.ts';

/** An event of the wire, as a tab got it. */
export interface Heard<Name extends keyof ServerToTab = keyof ServerToTab> {
  name: Name;
  payload: Parameters<ServerToTab[Name]>[0];
}

export interface Tab {
  socket: Socket<ServerToTab, TabToServer>;
  /** Every event, in order. */
  heard: Recorder<Heard>;
  /** Why the connection ended, each time that it did. */
  ends: Recorder<string>;
  /** The payloads of one event so far, in order. */
  all<Name extends keyof ServerToTab>(name: Name): Heard<Name>['payload'][];
  /** The first event of that name, also one that has come already; rejects after `ms`. */
  waitFor<Name extends keyof ServerToTab>(
    name: Name,
    which?: (payload: Heard<Name>['payload']) => boolean,
    ms?: number,
  ): Promise<Heard<Name>['payload']>;
  catchUp(positions: Positions): Promise<CatchUpAnswer | ConnectionError>;
  /** Sends anything at all, and asks anything at all. */
  say(name: string, ...message: unknown[]): void;
  ask(name: string, ...message: unknown[]): Promise<unknown>;
  close(): void;
}

export interface TabOptions {
  /** Default: the server's own; null: none. */
  origin?: string | null;
  /** Default: the person's; null: none. */
  cookie?: string | null;
  headers?: Record<string, string>;
  /** Of the handshake, as a program brings it. */
  token?: string;
  reconnection?: boolean;
}

/**
 * A real tab: a socket.io client with the person's cookie. It is open when it is in its rooms.
 * Rejects with the `connect_error` of a refusal.
 */
export async function openTab(
  person: { client: Client },
  { origin, cookie, headers, token, reconnection = false }: TabOptions = {},
): Promise<Tab> {
  const { baseUrl, cookieHeader } = person.client;
  const sent = {
    origin: origin === undefined ? new URL(baseUrl).origin : origin,
    cookie: cookie === undefined ? cookieHeader : cookie,
    ...headers,
  };
  const socket: Tab['socket'] = io(baseUrl, {
    transports: ['websocket'],
    forceNew: true,
    reconnection,
    reconnectionDelay: 20,
    ...(token !== undefined && { auth: { token } }),
    extraHeaders: Object.fromEntries(
      Object.entries(sent).filter((header): header is [string, string] => Boolean(header[1])),
    ),
  });
  const heard = recorder<Heard>();
  const ends = recorder<string>();
  socket.onAny((name: keyof ServerToTab, payload: Heard['payload']) => {
    heard.add({ name, payload });
  });
  socket.on('disconnect', (reason) => {
    ends.add(reason);
  });
  const untyped = socket as Socket;
  const tab: Tab = {
    socket,
    heard,
    ends,
    all: (name) => heard.all.flatMap((event) => (event.name === name ? [event.payload as never] : [])),
    waitFor: async (name, which = () => true, ms) => {
      const found = (): Heard | undefined =>
        heard.all.find((event) => event.name === name && which(event.payload as never));
      await heard.until(found, ms);
      return found()?.payload as never;
    },
    catchUp: (positions) => socket.timeout(5000).emitWithAck('catch_up', positions),
    say: (name, ...message) => {
      untyped.emit(name, ...message);
    },
    ask: (name, ...message) => untyped.timeout(5000).emitWithAck(name, ...message) as Promise<unknown>,
    close: () => {
      socket.disconnect();
    },
  };
  try {
    await connected(socket);
    await tab.catchUp({});
  } catch (refusal) {
    socket.disconnect();
    throw refusal;
  }
  return tab;
}

function connected(socket: Tab['socket']): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
}
