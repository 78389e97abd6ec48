import type { NextFunction, Request, Response } from 'express';
import { forbidden, notFound } from '../lib/http-error.ts';
import { idInPath } from '../lib/record-id.ts';
import type { Role } from '../models/team/membership.ts';
import { Team } from '../models/index.ts';
import { mayManage } from '../policies/team.ts';
import { viewerOf } from './authenticate.ts';

declare global {
  namespace Express {
    interface Locals {
      /** The team of the URL, of which the viewer is a member: filled by loadTeam. */
      team: Team;
      /** The viewer's in it. */
      role: Role;
    }
  }
}

/** @throws HttpError 404 where the viewer is no member of such a team */
export async function loadTeam(req: Request, res: Response, next: NextFunction): Promise<void> {
  const viewer = viewerOf(res);
  const team = await Team.visible(viewer, idInPath(req.params.id));
  const role = await team?.roleOf(viewer.id);
  if (!team || !role) throw notFound();
  Object.assign(res.locals, { team, role });
  next();
}

/** @throws HttpError 403 for members who are no owners */
export function requireOwner(_req: Request, res: Response, next: NextFunction): void {
  if (!mayManage(res.locals.role)) throw forbidden('errors.ownersOnly');
  next();
}
