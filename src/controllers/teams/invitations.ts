/** Without an email address the invitation is a link for anyone. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { notFound } from '../../lib/http-error.ts';
import { parse, idInPath } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { teamOf } from '../../middleware/load-team.ts';
import { ownOrigin } from '../../middleware/security.ts';
import { throttleOf } from '../../middleware/limits.ts';
import { invitationMail } from '../../mail/templates.ts';
import { renderFormErrors, typedIn } from '../form-errors.ts';
import { teamLocals } from './teams.ts';
import {
  acceptInvitation,
  createInvitation,
  findInvitationByToken,
  openInvitations,
  revokeInvitation,
} from '../../models/team/invitations.ts';
import * as fields from '../../schemas/user.ts';

const invitationForm = z.object({
  email: z
    .union([z.literal('').transform(() => null), fields.email])
    .optional()
    .transform((email) => email ?? null),
});

/** The team's page shows the link once: only its digest is stored. */
export async function create(req: Request, res: Response): Promise<void> {
  const team = teamOf(res);
  try {
    const { email } = parse(invitationForm, req.body);
    const viewer = viewerOf(res);
    const isMailing = req.app.locals.settings.smtpUrl !== null;
    const { secret, invitation } = await throttleOf(req).invite(viewer.id, () =>
      createInvitation(viewer, team, email, invitationMail(viewer, team.name), isMailing),
    );
    const { mailed } = invitation;
    const address = mailed ? null : `${ownOrigin(req, req.app.locals.settings)}/invitations/${secret}`;
    const invited = { email, mailed, address };
    const page = `/teams/${team.id}`;
    await res.locals.keepOnce(page, { invited });
    res.redirect(303, page);
  } catch (error) {
    await renderFormErrors(error, res, 'teams/show', {
      ...(await teamLocals(res)),
      input: { ...typedIn(req.body), name: team.name },
    });
  }
}

export async function destroy(req: Request, res: Response): Promise<void> {
  const team = teamOf(res);
  const invitation = (await openInvitations(team)).find(({ id }) => id === idInPath(req.params.invitationId));
  if (!invitation) throw notFound();
  await revokeInvitation(invitation, viewerOf(res));
  res.redirect(303, `/teams/${team.id}`);
}

/** Public: signed-out people sign in or register first, and come back here. */
export async function show(req: Request, res: Response): Promise<void> {
  const invitation = await findInvitationByToken(tokenIn(req));
  res.render('invitations/show', { invitation, team: invitation.team, errors: {} });
}

export async function accept(req: Request, res: Response): Promise<void> {
  const invitation = await findInvitationByToken(tokenIn(req));
  try {
    await acceptInvitation(invitation, viewerOf(res));
    await res.locals.keepFlash({ kind: 'notice', key: 'teams.joined', options: { name: invitation.team.name } });
    res.redirect(303, `/teams/${String(invitation.teamId)}`);
  } catch (error) {
    await renderFormErrors(error, res, 'invitations/show', { invitation, team: invitation.team });
  }
}

const tokenIn = ({ params }: Request): string => String(params.token);
