import type { Request, Response } from 'express';
import { viewerOf } from '../../middleware/authenticate.ts';
import { Invitation } from '../../models/index.ts';
import { renderFormErrors } from '../form-errors.ts';

/** For whoever is signed out too: they are asked to sign in or to make an account, and come back here. */
export async function show(req: Request, res: Response): Promise<void> {
  const invitation = await Invitation.behind(secretIn(req));
  res.render('invitations/show', { invitation, team: invitation.team, errors: {} });
}

export async function accept(req: Request, res: Response): Promise<void> {
  const invitation = await Invitation.behind(secretIn(req));
  try {
    await invitation.accept(viewerOf(res));
    await res.locals.keepFlash({ kind: 'notice', key: 'teams.joined', options: { name: invitation.team.name } });
    res.redirect(303, `/teams/${String(invitation.teamId)}`);
  } catch (error) {
    await renderFormErrors(error, res, 'invitations/show', { invitation, team: invitation.team });
  }
}

const secretIn = ({ params }: Request): string => String(params.token);
