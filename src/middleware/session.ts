import { promisify } from 'node:util';
import type { Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import type { Settings } from '../config/env.ts';
import { Session, type User } from '../models/index.ts';
import type { Viewer } from '../database/visible-lists.ts';
import { unauthorized } from '../lib/http-error.ts';
import { SessionStore } from './session-store.ts';

declare module 'express-session' {
  interface SessionData {
    userId: number;
    /** Written with the first saving and not kept in memory after it. */
    address: string | null;
    agent: string | null;
    passwordDigest?: string | undefined;
    /** Hidden: comes with the row and is never written to it. */
    readonly viewer: Viewer;
  }
}

const DAY = 24 * 60 * 60 * 1000;
const AGENT_LENGTH = 300;

/** The name of the cookie. A browser takes `__Host-` only from this very host, over https, for all paths. */
export const cookieName = ({ https }: Pick<Settings, 'https'>): string =>
  https ? '__Host-taskwire.sid' : 'taskwire.sid';

const cookieOptions = ({ https }: Pick<Settings, 'https'>) => ({
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: https,
  path: '/',
});

/** Knows the browser by its cookie, for pages and sockets alike. Who is signed out has neither row nor cookie. */
export function createSession(settings: Settings): RequestHandler {
  const known = session({
    name: cookieName(settings),
    secret: settings.sessionSecret,
    store: new SessionStore(cookieOptions(settings)),
    cookie: { ...cookieOptions(settings), maxAge: 90 * DAY },
    resave: false,
    saveUninitialized: false,
    rolling: false,
  });
  if (!settings.https) return known;
  return (req, res, next) => {
    // People come by https, whatever the last hop to here is: the cookie has to be set all the same.
    Object.defineProperty(req, 'secure', { value: true, configurable: true });
    known(req, res, next);
  };
}

/**
 * Signs a browser in: with a new id, so that one planted before is worth nothing, and without what it was signed in to before.
 * @param user with the digest that was checked: a password that was changed since begins nothing
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
  if (before) await Session.end(before, 'signed_out');
}

/** Gives the signed-in browser a new id; its tabs go on. @throws HttpError 401 where it was signed out meanwhile */
export async function renewSession(req: Request): Promise<void> {
  const { sessionStore } = req;
  if (!(sessionStore instanceof SessionStore && (await sessionStore.renew(req)))) throw unauthorized();
}

/** Ends the session, its tabs' connections and the cookie. */
export async function signOut(req: Request, res: Response): Promise<void> {
  const { settings } = req.app.locals;
  if (req.session.viewer) await Session.signOut(req.sessionID);
  res.clearCookie(cookieName(settings), cookieOptions(settings));
}

/** Saved before the answer begins: a browser follows a redirect at its first line. */
export function saveSession(req: Request): Promise<void> {
  return promisify((done: (error: Error | null) => void) => {
    req.session.save(done);
  })();
}
