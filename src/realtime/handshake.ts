import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Settings } from '../config/env.ts';
import { isOwnOrigin } from '../middleware/same-origin.ts';
import type { Connections } from './connections.ts';
import type { Tab, TabOwner, Tabs } from './tabs.ts';

/** The part of a handshake's request that express-session fills. */
type SessionRequest = IncomingMessage & Partial<Pick<Express.Request, 'session' | 'sessionID'>>;

/**
 * Lets in only whom the session cookie of the handshake names, and only from a page of our own: a foreign page
 * may open a websocket here with the person's cookie, and no `cors` option stops it. Nothing is taken from the query.
 */
export function guardHandshake(tabs: Tabs, session: RequestHandler, connections: Connections): void {
  // One connection, one websocket: to move an open one onto another would go past everything that is asked and counted here.
  tabs.engine.use((request: IncomingMessage, _response: unknown, next: (fault?: Error) => void) => {
    next(new URL(request.url ?? '', 'http://own.invalid').searchParams.has('sid') ? new Error('an open connection stays where it is') : undefined);
  });
  tabs.engine.use(session);
  tabs.engine.on('connection', (connection: Tab['conn']) => {
    const owner = ownerOf(connection.request);
    if (owner) connections.add(connection, owner.viewer.id);
    else connection.close();
  });
  tabs.use((tab, next) => {
    // Taken once: a connection that asks to join a second time has no request any more.
    const owner = tab.request ? ownerOf(tab.request) : null;
    forgetRequest(tab);
    if (!owner) { next(new Error('unauthorized')); return; }
    tab.data = owner;
    next();
  });
}

/** @returns why a handshake is refused, null when it may go on */
export function refusalOf(request: IncomingMessage, settings: Settings, connections: Connections): string | null {
  if (!isOwnOrigin(request, settings)) return 'foreign origin';
  const owner = ownerOf(request);
  if (!owner) return 'signed out';
  return connections.hasRoomFor(owner.viewer.id) ? null : 'too many tabs';
}

function ownerOf({ session, sessionID }: SessionRequest): TabOwner | null {
  return session?.viewer && sessionID ? { viewer: session.viewer, sid: sessionID } : null;
}

/** The request with its headers and session is 2 kB a tab, and nothing after the handshake needs it. */
function forgetRequest(tab: Tab): void {
  Object.assign(tab.conn, { request: null });
  Object.assign(tab.handshake, { headers: {}, query: {}, auth: {} });
}
