import type { NextFunction, Request, Response } from 'express';
import { notFound, unauthorized } from '../lib/http-error.ts';
import { runAs } from '../database/transaction.ts';
import type { Viewer } from '../database/visible-lists.ts';

declare global {
  namespace Express {
    interface Locals {
      /** The signed-in user, or null. Set by authenticate; read by viewerOf on routes behind requireViewer. */
      viewer: Viewer | null;
    }
  }
}

/**
 * The session store loads the viewer with the session, in one statement. Runs after the body has arrived: who holds it
 * back gets no more time.
 */
export function authenticate(req: Request, res: Response, next: NextFunction): void {
  const { viewer = null } = req.session;
  res.locals.viewer = viewer;
  if (viewer) runAs({ userId: viewer.id, credentials: { sid: req.sessionID } }, next);
  else next();
}

/**
 * Redirects signed-out people to the sign-in page and, after signing in, back here. @throws HttpError 401 unless it is
 * a page that they asked for, and for a script whose page (`X-Viewer`) belongs to somebody who was signed in before
 */
export function requireViewer(req: Request, res: Response, next: NextFunction): void {
  const { viewer } = res.locals;
  const of = req.get('x-viewer');
  if (viewer && of !== undefined && of !== String(viewer.id)) throw unauthorized();
  if (viewer) {
    next();
    return;
  }
  if (!['GET', 'HEAD'].includes(req.method) || req.accepts(['html', 'json']) !== 'html') throw unauthorized();
  const query = req.originalUrl === '/' ? '' : `?next=${encodeURIComponent(req.originalUrl)}`;
  res.redirect(303, `/login${query}`);
}

/** @throws HttpError 404: administration does not exist for anyone else */
export function requireAdministrator(_req: Request, res: Response, next: NextFunction): void {
  if (!viewerOf(res).admin) throw notFound();
  next();
}

/** @throws HttpError 401 */
export function viewerOf(res: Response): Viewer {
  if (!res.locals.viewer) throw unauthorized();
  return res.locals.viewer;
}
