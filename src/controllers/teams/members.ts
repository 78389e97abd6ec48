import type { Request, Response } from 'express';
import { z } from 'zod';
import { forbidden } from '../../lib/http-error.ts';
import { parse } from '../../lib/parse.ts';
import { idInPath } from '../../lib/record-id.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { Invitation } from '../../models/index.ts';
import { roles } from '../../models/team/membership.ts';
import { mayManage } from '../../policies/team.ts';
import { renderFormErrors } from '../form-errors.ts';
import { teamLocals } from './teams.ts';

const roleForm = z.object({ role: z.enum(roles, 'errors.invalid') });

export async function update(req: Request, res: Response): Promise<void> {
  const { team } = res.locals;
  await orShowTeam(res, async () => {
    await team.changeRole(viewerOf(res), idInPath(req.params.userId), parse(roleForm, req.body).role);
    res.redirect(303, `/teams/${team.id}`);
  });
}

/** An owner removes anybody, everybody may leave. */
export async function destroy(req: Request, res: Response): Promise<void> {
  const { team, role } = res.locals;
  const viewer = viewerOf(res);
  const userId = idInPath(req.params.userId);
  const leaves = userId === viewer.id;
  if (!leaves && !mayManage(role)) throw forbidden('errors.ownersOnly');
  await orShowTeam(res, async () => {
    await team.dismiss(viewer, userId);
    // Whoever is removed may have kept a link.
    const links = !leaves && (await Invitation.open(team)).some(({ email }) => email === null);
    await res.locals.keepFlash({
      kind: 'notice',
      key: leaves ? 'teams.left' : links ? 'teams.removedLinks' : 'teams.removed',
      options: { name: team.name },
    });
    res.redirect(303, leaves ? '/teams' : `/teams/${team.id}`);
  });
}

async function orShowTeam(res: Response, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await renderFormErrors(error, res, 'teams/show', {
      ...(await teamLocals(res)),
      input: { name: res.locals.team.name },
    });
  }
}
