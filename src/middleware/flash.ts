import type { NextFunction, Request, Response } from 'express';
import { seal, unseal, type SealKey } from '../lib/seal.ts';
import { saveSession } from './session.ts';

/** A message for the next page that the person sees. */
export interface Flash {
  kind: 'notice' | 'alert';
  /** Translation key. */
  key: string;
  options?: Record<string, string | number>;
  /** A form that undoes the change. */
  undo?: { action: string; method: string; labelKey: string };
  link?: { href: string; labelKey: string };
}

export interface ShownFlash {
  kind: Flash['kind'];
  message: string;
  undo?: { action: string; method: string; label: string };
  link?: { href: string; label: string };
}

/** Locals of a page that are shown after a redirect and not stored otherwise. */
export type ShownOnce = Record<string, unknown>;

interface KeptOnce {
  /** Path of the page that shows it. */
  path: string;
  /** Of an unsent form: its address. */
  action?: string;
  /** Sealed: a copy of the database reveals neither links nor tokens. */
  sealed: string;
  showings: number;
}

declare global {
  namespace Express {
    interface Locals {
      /** The message kept for this page, or null. Set by flash; reading it removes it from the session. */
      flash: ShownFlash | null;
      /** Keeps a message in the session. Await it before redirecting. */
      keepFlash(flash: Flash): Promise<void>;
      /**
       * Keeps what the page at `path` shows after a redirect, in the person's session: for its first showing and one
       * reload, ten minutes at most. Await it before redirecting.
       */
      keepOnce(path: string, shown: ShownOnce, action?: string): Promise<void>;
      /** What was kept for this page; empty otherwise. */
      takeOnce(): ShownOnce;
    }
  }
}

declare module 'express-session' {
  interface SessionData {
    flash: Flash;
    once: KeptOnce;
  }
}

const ONCE_MS = 10 * 60 * 1000;
const SHOWINGS = 2;

/** Messages and data for the next page, for signed-in people. */
export function flash(req: Request, res: Response, next: NextFunction): void {
  res.locals.keepFlash = (kept) => {
    req.session.flash = kept;
    return saveSession(req);
  };
  res.locals.keepOnce = (path, shown, action) => {
    req.session.once = { path, ...(action && { action }), sealed: seal(shown, ONCE_MS, keyOf(req)), showings: 0 };
    return saveSession(req);
  };
  let once: ShownOnce | undefined;
  res.locals.takeOnce = () => (once ??= takeOnce(req));
  // Taken when a page renders it, so that redirects and JSON responses do not lose it.
  let shown: ShownFlash | null | undefined;
  Object.defineProperty(res.locals, 'flash', { enumerable: true, get: () => (shown ??= take(req, res)) });
  next();
}

/** A prefetched page may never be seen. */
const isPrefetch = (req: Request): boolean =>
  ['sec-purpose', 'x-sec-purpose'].some((name) => req.get(name)?.includes('prefetch'));

function takeOnce(req: Request): ShownOnce {
  const { once } = req.session;
  if (!once || isPrefetch(req)) return {};
  const shown = unseal(once.sealed, keyOf(req)) as ShownOnce | null;
  if (shown && once.path !== req.path) return {};
  const showings = once.showings + 1;
  if (shown && showings < SHOWINGS) req.session.once = { ...once, showings };
  else delete req.session.once;
  return shown ?? {};
}

/** Bound to the person. */
const keyOf = (req: Request): SealKey => ({
  secret: req.app.locals.settings.sessionSecret,
  purpose: `shown once to ${String(req.session.userId)}`,
});

function take(req: Request, res: Response): ShownFlash | null {
  const { flash: kept } = req.session;
  if (!kept || isPrefetch(req)) return null;
  delete req.session.flash;
  const { kind, key, options, undo, link } = kept;
  const message = res.locals.t(key, options);
  return {
    kind,
    message,
    ...(undo && { undo: { action: undo.action, method: undo.method, label: res.locals.t(undo.labelKey) } }),
    ...(link && { link: { href: link.href, label: res.locals.t(link.labelKey) } }),
  };
}
