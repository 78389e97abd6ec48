import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Settings } from '../../config/env.ts';
import { isOwnOrigin } from '../../middleware/same-origin.ts';
import type { Connections } from './connections.ts';
import type { Tab, TabOwner, Tabs } from './sockets.ts';
import { loadToken } from '../../models/api-token/queries.ts';

/** The part of a handshake's request that express-session fills. */
type SessionRequest = IncomingMessage & Partial<Pick<Express.Request, 'session' | 'sessionID'>>;

/**
 * Lets in only whom the session cookie of the handshake names, and only from a page of our own: a foreign page
 * may open a websocket here with the person's cookie, and no `cors` option stops it. A program, which has neither
 * cookie nor Origin, brings a token in the handshake's `auth`. Nothing is taken from the query.
 */
export function guardHandshake(tabs: Tabs, session: RequestHandler, connections: Connections): void {
  // One connection, one websocket: to move an open one onto another would go past everything that is asked and counted here.
  tabs.engine.use((request: IncomingMessage, _response: unknown, next: (error?: Error) => void) => {
    next(
      new URL(request.url ?? '', 'http://own.invalid').searchParams.has('sid')
        ? new Error('an open connection stays where it is')
        : undefined,
    );
  });
  tabs.engine.use(session);
  tabs.engine.on('connection', (connection: Tab['conn']) => {
    const { request } = connection;
    const owner = ownerOf(request);
    if (owner) connections.add(connection, owner.viewer.id);
    else if (isProgram(request)) connections.add(connection, null);
    else connection.close();
  });
  tabs.use((tab, next) => {
    // Taken once: a connection that asks to join a second time has no request any more.
    const { request } = tab;
    const { token } = tab.handshake.auth as { token?: unknown };
    const known = request ? ownerOf(request) : null;
    const asks = request && !known && isProgram(request) ? ownerOfToken(token) : Promise.resolve(known);
    forgetRequest(tab);
    asks
      .then((owner) => {
        if (!owner || (!known && !connections.own(tab.conn, owner.viewer.id))) throw new Error('unauthorized');
        tab.data = owner;
        next();
      })
      .catch(() => {
        next(new Error('unauthorized'));
      });
  });
}

/** @returns why a handshake is refused, null when it may go on */
export function refusalOf(request: IncomingMessage, settings: Settings, connections: Connections): string | null {
  if (isProgram(request)) return connections.hasRoomForStrangers ? null : 'too many that have not said who they are';
  if (!isOwnOrigin(request, settings)) return 'foreign origin';
  const owner = ownerOf(request);
  if (!owner) return 'signed out';
  return connections.hasRoomFor(owner.viewer.id) ? null : 'too many tabs';
}

function ownerOf({ session, sessionID }: SessionRequest): TabOwner | null {
  return session?.viewer && sessionID ? { viewer: session.viewer, pass: { sid: sessionID } } : null;
}

/** Every browser names an Origin, whatever page it is on; so nothing that a browser does by itself gets in like this. */
const isProgram = ({ headers }: IncomingMessage): boolean =>
  headers.origin === undefined && headers.cookie === undefined;

async function ownerOfToken(token: unknown): Promise<TabOwner | null> {
  const loaded = typeof token === 'string' ? await loadToken(token) : null;
  return loaded?.scopes.includes('read') ? { viewer: loaded.viewer, pass: { tokenId: loaded.id } } : null;
}

/** The request with its headers and session is 2 kB a tab, and nothing after the handshake needs it. */
function forgetRequest(tab: Tab): void {
  Object.assign(tab.conn, { request: null });
  Object.assign(tab.handshake, { headers: {}, query: {}, auth: {} });
}
