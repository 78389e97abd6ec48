import { io, type Socket } from 'socket.io-client';
import type { CatchUpAnswer, Positions, ServerToTab, TabToServer, ConnectionError } from '../../src/shared/events.ts';
import type { Client } from './client.ts';
import { recorder, type Recorder } from './recorder.ts';

/** An event received by a tab. */
export interface ReceivedEvent<Name extends keyof ServerToTab = keyof ServerToTab> {
  name: Name;
  payload: Parameters<ServerToTab[Name]>[0];
}

export interface Tab {
  socket: Socket<ServerToTab, TabToServer>;
  /** Every event, in order. */
  received: Recorder<ReceivedEvent>;
  /** The reason of each disconnect. */
  ends: Recorder<string>;
  /** The payloads of an event so far, in order. */
  all<Name extends keyof ServerToTab>(name: Name): ReceivedEvent<Name>['payload'][];
  /** Resolves with the first matching event, including past ones; rejects after `ms`. */
  waitFor<Name extends keyof ServerToTab>(
    name: Name,
    which?: (payload: ReceivedEvent<Name>['payload']) => boolean,
    ms?: number,
  ): Promise<ReceivedEvent<Name>['payload']>;
  catchUp(positions: Positions): Promise<CatchUpAnswer | ConnectionError>;
  /** Emits any event, without and with an acknowledgement. */
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
  /** The API token for the handshake. */
  token?: string;
  reconnection?: boolean;
}

/**
 * Opens a socket.io client with the person's cookie and waits until it has joined its rooms.
 * Rejects with the `connect_error` if the connection is refused.
 */
export async function openTab(
  person: { client: Client },
  { origin, cookie, headers, token, reconnection = false }: TabOptions = {},
): Promise<Tab> {
  const { baseUrl, cookieHeader } = person.client;
  const requestHeaders = {
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
      Object.entries(requestHeaders).filter((header): header is [string, string] => Boolean(header[1])),
    ),
  });
  const received = recorder<ReceivedEvent>();
  const ends = recorder<string>();
  socket.onAny((name: keyof ServerToTab, payload: ReceivedEvent['payload']) => {
    received.add({ name, payload });
  });
  socket.on('disconnect', (reason) => {
    ends.add(reason);
  });
  const untyped = socket as Socket;
  const tab: Tab = {
    socket,
    received,
    ends,
    all: (name) => received.all.flatMap((event) => (event.name === name ? [event.payload as never] : [])),
    waitFor: async (name, which = () => true, ms) => {
      const found = (): ReceivedEvent | undefined =>
        received.all.find((event) => event.name === name && which(event.payload as never));
      await received.until(found, ms);
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
  } catch (error) {
    socket.disconnect();
    throw error;
  }
  return tab;
}

function connected(socket: Tab['socket']): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
}
