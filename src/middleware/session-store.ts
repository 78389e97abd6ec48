import type { Request } from 'express';
import session, { type SessionData } from 'express-session';
import { Session, type LoadedSession } from '../models/session/session.ts';

type Done<T> = (error?: unknown, result?: T) => void;

/**
 * express-session's store on our sessions table. The cookie is not kept: its attributes are the same for all,
 * and it is sent once, at sign-in.
 */
export class SessionStore extends session.Store {
  /** express-session gives it to every store: a new id and an empty session for a request. */
  declare generate: (req: Request) => void;
  readonly #cookie: object;
  /** The session of each loaded row, and what was last written of each session: only the others are new. */
  readonly #loaded = new WeakMap<object, LoadedSession>();
  readonly #written = new WeakMap<object, string>();

  /** @param cookie the attributes of a cookie that is not sent again */
  constructor(cookie: object) {
    super();
    this.#cookie = cookie;
  }

  override get(sid: string, done: Done<SessionData | null>): void {
    answer(done, async () => {
      const loaded = await Session.load(sid).catch(notAStranger);
      if (!loaded) return null;
      const data = { ...loaded.kept, userId: loaded.viewer.id, cookie: { ...this.#cookie, originalMaxAge: null } };
      this.#loaded.set(data, loaded);
      return data as unknown as SessionData;
    });
  }

  override createSession(req: Request, data: SessionData): session.Session & SessionData {
    const made = super.createSession(req, data);
    const loaded = this.#loaded.get(data);
    if (loaded) {
      this.#loaded.set(made, loaded);
      this.#written.set(made, JSON.stringify(loaded.kept));
      // Hidden from whatever serializes or compares the session: the user is not the session's to write.
      Object.defineProperty(made, 'viewer', { value: loaded.viewer });
    }
    return made;
  }

  /** A session that was loaded only changes its row, so that a slow request cannot bring back one that was ended. */
  override set(sid: string, data: SessionData, done: Done<void> = () => undefined): void {
    answer(done, async () => {
      const { userId, address, agent, passwordDigest } = data;
      const kept = keptIn(data);
      const text = JSON.stringify(kept);
      const before = this.#written.get(data);
      if (before === text) return;
      if (before === undefined) await Session.begin({ sid, userId, kept, address, agent, passwordDigest });
      else await Session.keep(sid, kept);
      this.#written.set(data, text);
    });
  }

  /** Moves the request's session to a new id. @returns false where it has ended meanwhile */
  async renew(req: Request): Promise<boolean> {
    const { sessionID, session: before } = req;
    const kept = keptIn(before);
    this.generate(req);
    Object.assign(req.session, kept, { userId: before.userId });
    this.#written.set(req.session, JSON.stringify(kept));
    const renewed = await Session.renew(sessionID, req.sessionID);
    if (!renewed) Object.assign(req, { sessionID, session: before });
    return renewed;
  }

  override destroy(sid: string, done: Done<void> = () => undefined): void {
    answer(done, () => Session.end(sid, 'signed_out'));
  }

  /** Called at the end of every request; written at most once an hour. */
  override touch(sid: string, data: SessionData, done: Done<void> = () => undefined): void {
    // At once: express-session then sends the answer in one piece instead of two.
    if (!this.#loaded.get(data)?.stale) {
      done();
      return;
    }
    // The answer is written already, and the next request tries again.
    answer(done, () => Session.touch(sid).catch(() => undefined));
  }
}

/** What goes into `sess`: all but the cookie and what has a column of its own. */
const keptIn = (data: object): object =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !ELSEWHERE.has(name)));
const ELSEWHERE = new Set(['cookie', 'userId', 'address', 'agent', 'passwordDigest']);

/** express-session takes ENOENT for "no such session", and so says pg of a socket whose server is away. */
function notAStranger(error: unknown): never {
  throw new Error('the session could not be read', { cause: error });
}

/** Calls back outside the promise, so that what the callback throws is not taken for a error of the work. */
function answer<T>(done: Done<T>, work: () => Promise<T>): void {
  work().then(
    (result) => {
      process.nextTick(done, null, result);
    },
    (error: unknown) => {
      process.nextTick(done, error);
    },
  );
}
