import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { Settings } from '../../config/env.ts';
import { clientAddress, ipPrefix } from '../../lib/ip-prefix.ts';
import { connectionShares } from '../../database/connection-shares.ts';
import { bearerToken, isOwnOrigin, ownOrigin } from '../../middleware/security.ts';
import type { Connections } from './connections.ts';
import type { Tab, TabOwner, Tabs } from './sockets.ts';
import { loadToken } from '../../models/api-token/queries.ts';

/** The part of a handshake's request that express-session fills. */
type SessionRequest = IncomingMessage & Partial<Pick<Express.Request, 'session' | 'sessionID'>>;

/**
 * Authenticates connections by the handshake's session cookie, from our own pages only: a foreign page can open a
 * websocket here with the user's cookie, and the `cors` option does not prevent it. Programs send a token, in the
 * handshake's `auth` or in its Authorization header. Nothing is read from the query.
 */
export function guardHandshake(
  tabs: Tabs,
  session: RequestHandler,
  settings: Settings,
  connections: Connections,
): void {
  // A `sid` would move an open connection to another websocket, bypassing all checks and counts made here.
  tabs.engine.use((request: IncomingMessage, _response: unknown, next: (error?: Error) => void) => {
    next(
      new URL(request.url ?? '', 'http://localhost').searchParams.has('sid')
        ? new Error('transport upgrades are not supported')
        : undefined,
    );
  });
  tabs.engine.use((request: IncomingMessage, response: unknown, next: (error?: unknown) => void) => {
    if (bringsToken(request, settings)) {
      next();
      return;
    }
    const load = (): Promise<void> =>
      new Promise((resolve) => {
        session(request as Request, response as Response, (error?: unknown) => {
          resolve();
          next(error);
        });
      });
    // A hundred new connections at once would make every page wait.
    connectionShares().tabs.run(load).catch(next);
  });
  tabs.engine.on('connection', (connection: Tab['conn']) => {
    const { request } = connection;
    const owner = ownerOf(request);
    if (owner) connections.add(connection, { userId: owner.viewer.id });
    else if (bringsToken(request, settings)) connections.add(connection, { network: networkOf(request, settings) });
    else connection.close();
  });
  tabs.use((tab, next) => {
    // Read once: a second attempt to join on the same connection finds no request.
    const { request } = tab;
    const { token } = tab.handshake.auth as { token?: unknown };
    const known = request ? ownerOf(request) : null;
    const given = token ?? bearerToken(request?.headers.authorization);
    const origin = request ? ownOrigin(request, settings) : '';
    const authenticated =
      request && !known && bringsToken(request, settings) ? ownerOfToken(given) : Promise.resolve(known);
    forgetRequest(tab);
    authenticated
      .then((owner) => {
        if (!owner || (!known && !connections.authenticate(tab.conn, owner.viewer.id))) throw new Error('unauthorized');
        tab.data = { ...owner, origin };
        next();
      })
      .catch(() => {
        next(new Error('unauthorized'));
      });
  });
}

/** @returns why a handshake is refused, null if it is accepted */
export function refusalOf(request: IncomingMessage, settings: Settings, connections: Connections): string | null {
  if (bringsToken(request, settings))
    return connections.hasRoomForUnauthenticated(networkOf(request, settings))
      ? null
      : 'too many unauthenticated connections';
  if (!isOwnOrigin(request, settings)) return 'foreign origin';
  const owner = ownerOf(request);
  if (!owner) return 'signed out';
  return connections.hasRoomFor(owner.viewer.id) ? null : 'too many tabs';
}

function ownerOf({ session, sessionID }: SessionRequest): TabOwner | null {
  return session?.viewer && sessionID ? { viewer: session.viewer, credentials: { sid: sessionID } } : null;
}

/**
 * Whether a handshake has to bring a token: from a page of API_CORS_ORIGINS, whose cookies are ignored here as in the
 * API (a browser sends them whether or not the page wants to), or without a cookie from our own origin, which some
 * clients send for any server, or from none.
 */
function bringsToken(request: IncomingMessage, settings: Settings): boolean {
  const { origin, cookie } = request.headers;
  if (origin === undefined || isOwnOrigin(request, settings)) return cookie === undefined;
  return settings.apiCorsOrigins.includes(origin);
}

const networkOf = (request: IncomingMessage, { trustProxy }: Settings): string =>
  ipPrefix(clientAddress(request, trustProxy));

async function ownerOfToken(token: unknown): Promise<TabOwner | null> {
  const loaded = typeof token === 'string' ? await loadToken(token) : null;
  return loaded?.scopes.includes('read') ? { viewer: loaded.viewer, credentials: { tokenId: loaded.id } } : null;
}

/** Frees 2 kB per tab: nothing needs the request, with its headers and session, after the handshake. */
function forgetRequest(tab: Tab): void {
  Object.assign(tab.conn, { request: null });
  Object.assign(tab.handshake, { headers: {}, query: {}, auth: {} });
}
