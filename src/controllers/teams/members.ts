import type { Request, Response } from 'express';
import { forbidden } from '../../lib/http-error.ts';
import { parse, idInPath } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { roleOf, teamOf } from '../../middleware/load-team.ts';
import { mayManage } from '../../models/team/membership.ts';
import { renderFormErrors } from '../form-errors.ts';
import { teamLocals } from './teams.ts';
import { changeRole, removeMember } from '../../models/team/commands.ts';
import { openInvitations } from '../../models/team/invitations.ts';
import { memberRole } from '../../schemas/team.ts';

export async function update(req: Request, res: Response): Promise<void> {
  const team = teamOf(res);
  await withTeamPage(res, async () => {
    await changeRole(team, viewerOf(res), idInPath(req.params.userId), parse(memberRole, req.body).role);
    res.redirect(303, `/teams/${team.id}`);
  });
}

/** Owners may remove anyone; every member may leave. */
export async function destroy(req: Request, res: Response): Promise<void> {
  const team = teamOf(res);
  const viewer = viewerOf(res);
  const userId = idInPath(req.params.userId);
  const leaves = userId === viewer.id;
  if (!leaves && !mayManage(roleOf(res))) throw forbidden('errors.ownersOnly');
  await withTeamPage(res, async () => {
    await removeMember(team, viewer, userId);
    // The removed person may still have an invitation link.
    const hasLinks = !leaves && (await openInvitations(team)).some(({ email }) => email === null);
    await res.locals.keepFlash({
      kind: 'notice',
      key: leaves ? 'teams.left' : hasLinks ? 'teams.removedLinks' : 'teams.removed',
      options: { name: team.name },
    });
    res.redirect(303, leaves ? '/teams' : `/teams/${team.id}`);
  });
}

async function withTeamPage(res: Response, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await renderFormErrors(error, res, 'teams/show', {
      ...(await teamLocals(res)),
      input: { name: teamOf(res).name },
    });
  }
}
