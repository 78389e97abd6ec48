import type { NextFunction, Request, Response } from 'express';
import { notFound, unauthorized } from '../lib/http-error.ts';
import type { Viewer } from '../database/visible-lists.ts';
import { mayAdminister } from '../policies/administration.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Who is signed in, null for nobody: filled by authenticate. */
      viewer: Viewer | null;
    }
  }
}

/** The viewer came with the session, in the same statement. */
export function authenticate(req: Request, res: Response, next: NextFunction): void {
  res.locals.viewer = req.session.viewer ?? null;
  next();
}

/** Sends whoever is signed out to the sign-in page, and from there back to what they wanted to see. @throws HttpError 401 where there is nothing to see */
export function requireViewer(req: Request, res: Response, next: NextFunction): void {
  if (res.locals.viewer) {
    next();
    return;
  }
  if (!['GET', 'HEAD'].includes(req.method) || req.accepts(['html', 'json']) !== 'html') throw unauthorized();
  const wanted = req.originalUrl === '/' ? '' : `?next=${encodeURIComponent(req.originalUrl)}`;
  res.redirect(303, `/login${wanted}`);
}

/** @throws HttpError 404 for whoever is no administrator: there is no such page */
export function requireAdministrator(_req: Request, res: Response, next: NextFunction): void {
  if (!mayAdminister(viewerOf(res))) throw notFound();
  next();
}

/** The viewer of a route that asks for one. @throws HttpError 401 */
export function viewerOf(res: Response): Viewer {
  if (!res.locals.viewer) throw unauthorized();
  return res.locals.viewer;
}
