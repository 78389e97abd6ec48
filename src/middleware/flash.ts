import type { NextFunction, Request, Response } from 'express';
import { saveSession } from './session.ts';

/** A message for the next page that its person sees. */
export interface Flash {
  kind: 'notice' | 'alert';
  /** A key of the words, with what stands in its gaps. */
  key: string;
  options?: Record<string, string | number>;
  /** A form that takes back what was done. */
  undo?: { action: string; method: string; labelKey: string };
  /** Where it leads. */
  link?: { href: string; labelKey: string };
}

export interface ShownFlash {
  kind: Flash['kind'];
  message: string;
  undo?: { action: string; method: string; label: string };
  link?: { href: string; label: string };
}

declare global {
  namespace Express {
    interface Locals {
      /** What was kept for this page, null for nothing: filled by flash, and gone once it is read. */
      flash: ShownFlash | null;
      /** Keeps a message, in the session; to be awaited before the redirect. */
      keepFlash(flash: Flash): Promise<void>;
    }
  }
}

declare module 'express-session' {
  interface SessionData {
    flash: Flash;
  }
}

/** One-time messages for people who are signed in. */
export function flash(req: Request, res: Response, next: NextFunction): void {
  res.locals.keepFlash = (kept) => {
    req.session.flash = kept;
    return saveSession(req);
  };
  // Read by whatever page is rendered, so that a redirect or an answer without a page loses nothing.
  let shown: ShownFlash | null | undefined;
  Object.defineProperty(res.locals, 'flash', { enumerable: true, get: () => (shown ??= take(req, res)) });
  next();
}

function take(req: Request, res: Response): ShownFlash | null {
  const { flash: kept } = req.session;
  // A page that is fetched in advance may never be seen.
  if (!kept || req.get('sec-purpose')?.includes('prefetch') || req.get('x-sec-purpose')?.includes('prefetch'))
    return null;
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
