import type { NextFunction, Request, Response } from 'express';
import { forbidden, notFound } from '../lib/http-error.ts';
import { idInPath } from '../lib/parse.ts';
import { mayManage, type Role } from '../models/team/membership.ts';
import type { Team } from '../models/index.ts';
import { viewerOf } from './authenticate.ts';
import { requireLocal } from './locals.ts';
import { findVisibleTeam, roleOf as findRole } from '../models/team/queries.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Set by loadTeam; read by teamOf. */
      team?: Team;
      /** The viewer's role in the team. Set by loadTeam; read by roleOf. */
      role?: Role;
    }
  }
}

/** Loads the team of `:id`. @throws HttpError 404 unless the viewer is a member */
export async function loadTeam(req: Request, res: Response, next: NextFunction): Promise<void> {
  const viewer = viewerOf(res);
  const team = await findVisibleTeam(viewer, idInPath(req.params.id));
  const role = team && (await findRole(team, viewer.id));
  if (!team || !role) throw notFound();
  Object.assign(res.locals, { team, role });
  next();
}

export const teamOf = (res: Response): Team => requireLocal(res, 'team', 'loadTeam');

export const roleOf = (res: Response): Role => requireLocal(res, 'role', 'loadTeam');

/** After loadTeam. @throws HttpError 403 for members who are not owners */
export function requireOwner(_req: Request, res: Response, next: NextFunction): void {
  if (!mayManage(roleOf(res))) throw forbidden('errors.ownersOnly');
  next();
}
