import type { Request } from 'express';
import session, { type SessionData } from 'express-session';
import { type LoadedSession, loadSession } from '../models/session/queries.ts';
import { createSession, destroySession, renewSession, saveSession, touchSession } from '../models/session/commands.ts';

type Done<T> = (error?: unknown, result?: T) => void;

/**
 * express-session's store on our sessions table. The cookie is not stored: its attributes are the same for all
 * sessions, and it is sent once, at sign-in.
 */
export class SessionStore extends session.Store {
  /** Added by express-session: gives the request a new id and an empty session. */
  declare generate: (req: Request) => void;
  readonly #cookie: object;
  /** The row of each loaded session, and the data last written of each: sessions without an entry are new. */
  readonly #loaded = new WeakMap<object, LoadedSession>();
  readonly #written = new WeakMap<object, string>();

  /** @param cookie attributes of the session cookie */
  constructor(cookie: object) {
    super();
    this.#cookie = cookie;
  }

  override get(sid: string, done: Done<SessionData | null>): void {
    callBack(done, async () => {
      const loaded = await loadSession(sid).catch(wrapError);
      if (!loaded) return null;
      const data = { ...loaded.kept, userId: loaded.viewer.id, cookie: { ...this.#cookie, originalMaxAge: null } };
      this.#loaded.set(data, loaded);
      return data as unknown as SessionData;
    });
  }

  override createSession(req: Request, data: SessionData): session.Session & SessionData {
    const created = super.createSession(req, data);
    const loaded = this.#loaded.get(data);
    if (loaded) {
      this.#loaded.set(created, loaded);
      this.#written.set(created, JSON.stringify(loaded.kept));
      // Not enumerable, so that it is neither serialized nor compared with the stored session.
      Object.defineProperty(created, 'viewer', { value: loaded.viewer });
    }
    return created;
  }

  /** A loaded session only updates its row, so that a slow request cannot recreate a session that has ended. */
  override set(sid: string, data: SessionData, done: Done<void> = () => undefined): void {
    callBack(done, async () => {
      const { userId, address, agent, passwordDigest } = data;
      const kept = keptIn(data);
      const text = JSON.stringify(kept);
      const before = this.#written.get(data);
      if (before === text) return;
      if (before === undefined) await createSession({ sid, userId, kept, address, agent, passwordDigest });
      else await saveSession(sid, kept);
      this.#written.set(data, text);
    });
  }

  /** Gives the request's session a new id. @returns false if it has ended meanwhile */
  async renew(req: Request): Promise<boolean> {
    const { sessionID, session: before } = req;
    const kept = keptIn(before);
    this.generate(req);
    Object.assign(req.session, kept, { userId: before.userId });
    this.#written.set(req.session, JSON.stringify(kept));
    const renewed = await renewSession(sessionID, req.sessionID);
    if (!renewed) Object.assign(req, { sessionID, session: before });
    return renewed;
  }

  override destroy(sid: string, done: Done<void> = () => undefined): void {
    callBack(done, () => destroySession(sid, 'signed_out'));
  }

  /** Called at the end of every request; writes at most once an hour. */
  override touch(sid: string, data: SessionData, done: Done<void> = () => undefined): void {
    // Synchronously: express-session then sends the response in one piece instead of two.
    if (!this.#loaded.get(data)?.stale) {
      done();
      return;
    }
    // The response is written already, and the next request retries.
    callBack(done, () => touchSession(sid).catch(() => undefined));
  }
}

/** The data for `sess`: everything but the cookie and what has its own column. */
const keptIn = (data: object): object =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !SEPARATE.has(name)));
const SEPARATE = new Set(['cookie', 'userId', 'address', 'agent', 'passwordDigest']);

/** express-session takes ENOENT for "no such session", but pg reports it when the server's Unix socket is missing. */
function wrapError(error: unknown): never {
  throw new Error('failed to load session', { cause: error });
}

/** Calls back outside the promise, so that an exception of the callback is not taken for one of the work. */
function callBack<T>(done: Done<T>, work: () => Promise<T>): void {
  work().then(
    (result) => {
      process.nextTick(done, null, result);
    },
    (error: unknown) => {
      process.nextTick(done, error);
    },
  );
}
