import type { NextFunction, Request, Response } from 'express';
import type { ShownFlash } from '../shared/events.ts';
import type { Translate } from '../shared/translations.ts';
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

declare global {
  namespace Express {
    interface Locals {
      /** The message kept for this page, or null. Set by flash; reading it removes it from the session. */
      flash: ShownFlash | null;
      /** Keeps a message in the session. Await it before redirecting. */
      keepFlash(flash: Flash): Promise<void>;
    }
  }
}

declare module 'express-session' {
  interface SessionData {
    flash: Flash;
  }
}

/** One-time messages for signed-in people. */
export function flash(req: Request, res: Response, next: NextFunction): void {
  res.locals.keepFlash = (kept) => {
    req.session.flash = kept;
    return saveSession(req);
  };
  // Taken when a page renders it, so that redirects and JSON responses do not lose it.
  let shown: ShownFlash | null | undefined;
  Object.defineProperty(res.locals, 'flash', { enumerable: true, get: () => (shown ??= take(req, res)) });
  next();
}

function take(req: Request, res: Response): ShownFlash | null {
  const { flash: kept } = req.session;
  // A prefetched page may never be seen.
  if (!kept || req.get('sec-purpose')?.includes('prefetch') || req.get('x-sec-purpose')?.includes('prefetch'))
    return null;
  delete req.session.flash;
  return translateFlash(kept, res.locals.t);
}

/** What a page shows of a message. */
export const translateFlash = ({ kind, key, options, undo, link }: Flash, t: Translate): ShownFlash => ({
  kind,
  message: t(key, options),
  ...(undo && { undo: { action: undo.action, method: undo.method, label: t(undo.labelKey) } }),
  ...(link && { link: { href: link.href, label: t(link.labelKey) } }),
});
