import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import type { Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import type { Settings } from '../config/env.ts';
import type { User } from '../models/index.ts';
import type { Viewer } from '../database/visible-lists.ts';
import { unauthorized } from '../lib/http-error.ts';
import { SessionStore } from './session-store.ts';
import { destroySession, signOut as destroyOwnSession } from '../models/session/commands.ts';

declare module 'express-session' {
  interface SessionData {
    userId: number;
    /** Written when the session is created; not loaded afterwards. */
    address: string | null;
    agent: string | null;
    passwordDigest?: string | undefined;
    /** Loaded with the row; not enumerable and never written. */
    readonly viewer: Viewer;
  }
}

const DAY = 24 * 60 * 60 * 1000;
const AGENT_LENGTH = 300;

/**
 * Browsers accept a `__Host-` cookie only over https from this host itself, for all paths. Over http the name contains
 * the installation: cookies know no ports, so that another Taskwire on the same host would sign people out.
 */
export function cookieName({ https, sessionSecret, databaseUrl, dataDir }: CookieSettings): string {
  if (https) return '__Host-taskwire.sid';
  const { host, pathname } = databaseUrl === null ? { host: '', pathname: dataDir } : new URL(databaseUrl);
  const installation = createHmac('sha256', sessionSecret).update(`session cookie of ${host}${pathname}`);
  return `taskwire.${installation.digest('hex').slice(0, 8)}.sid`;
}
type CookieSettings = Pick<Settings, 'https' | 'sessionSecret' | 'databaseUrl' | 'dataDir'>;

const cookieOptions = ({ https }: Pick<Settings, 'https'>) => ({
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: https,
  path: '/',
});

/** The session middleware of pages and sockets. Signed-out browsers have neither a row nor a cookie. */
export function createSession(settings: Settings): RequestHandler {
  const middleware = session({
    name: cookieName(settings),
    secret: settings.sessionSecret,
    store: new SessionStore(cookieOptions(settings)),
    cookie: { ...cookieOptions(settings), maxAge: 90 * DAY },
    resave: false,
    saveUninitialized: false,
    rolling: false,
  });
  if (!settings.https) return middleware;
  return (req, res, next) => {
    // People use https even if the last hop is http; without this express-session would not set the cookie.
    Object.defineProperty(req, 'secure', { value: true, configurable: true });
    middleware(req, res, next);
  };
}

/**
 * Signs a browser in with a new session id (against session fixation), and ends the session that it had.
 * @param user with the digest that was checked: if the password has changed since, no session is created
 */
export async function signIn(req: Request, { id, passwordDigest }: Pick<User, 'id' | 'passwordDigest'>): Promise<void> {
  const before = req.session.viewer ? req.sessionID : null;
  req.sessionStore.generate(req);
  Object.assign(req.session, {
    userId: id,
    passwordDigest,
    address: req.ip ?? null,
    agent: req.get('user-agent')?.slice(0, AGENT_LENGTH) ?? null,
  });
  await saveSession(req);
  if (before) await destroySession(before, 'signed_out');
}

/** Gives the session a new id; its tabs stay connected. @throws HttpError 401 if it has ended meanwhile */
export async function renewSession(req: Request): Promise<void> {
  const { sessionStore } = req;
  if (!(sessionStore instanceof SessionStore && (await sessionStore.renew(req)))) throw unauthorized();
}

/** Ends the session, disconnects its tabs and clears the cookie. */
export async function signOut(req: Request, res: Response): Promise<void> {
  const { settings } = req.app.locals;
  if (req.session.viewer) await destroyOwnSession(req.sessionID);
  res.clearCookie(cookieName(settings), cookieOptions(settings));
}

/** Whether the browser has a session cookie, whatever has become of its session. */
export const hasSessionCookie = (req: Request): boolean =>
  `; ${req.headers.cookie ?? ''}`.includes(`; ${cookieName(req.app.locals.settings)}=`);

/** Await it before responding: a browser follows a redirect as soon as it has the headers. */
export function saveSession(req: Request): Promise<void> {
  return promisify((done: (error: Error | null) => void) => {
    req.session.save(done);
  })();
}
