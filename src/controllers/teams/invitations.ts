import type { Request, Response } from 'express';
import { z } from 'zod';
import { notFound } from '../../lib/http-error.ts';
import { parse } from '../../lib/parse.ts';
import { idInPath } from '../../lib/record-id.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { ownOrigin } from '../../middleware/same-origin.ts';
import { throttleOf } from '../../middleware/throttle.ts';
import { Invitation } from '../../models/index.ts';
import * as fields from '../accounts/fields.ts';
import { invitationLetter } from '../../mail/templates.ts';
import { typedIn } from '../form-errors.ts';
import { showFormAgain } from '../show-form.ts';
import { teamLocals } from './teams.ts';

/** Without an address it is a link for whoever is given it. */
const invitationForm = z.object({
  email: z
    .union([z.literal('').transform(() => null), fields.email])
    .optional()
    .transform((email) => email ?? null),
});

/** The answer is the page itself, the one place where the address of the invitation is shown. */
export async function create(req: Request, res: Response): Promise<void> {
  const { team } = res.locals;
  try {
    const { email } = parse(invitationForm, req.body);
    const viewer = viewerOf(res);
    const { secret } = await throttleOf(req).invite(viewer.id, () =>
      Invitation.issue(viewer, team, email, invitationLetter(viewer, team.name)),
    );
    const invited = {
      email,
      mailed: email !== null && req.app.locals.settings.smtpUrl !== null,
      address: `${ownOrigin(req, req.app.locals.settings)}/invitations/${secret}`,
    };
    res.render('teams/show', { ...(await teamLocals(res)), invited, input: { name: team.name }, errors: {} });
  } catch (error) {
    await showFormAgain(error, res, 'teams/show', {
      ...(await teamLocals(res)),
      input: { ...typedIn(req.body), name: team.name },
    });
  }
}

export async function destroy(req: Request, res: Response): Promise<void> {
  const { team } = res.locals;
  const invitation = (await Invitation.open(team)).find(({ id }) => id === idInPath(req.params.invitationId));
  if (!invitation) throw notFound();
  await invitation.revoke(viewerOf(res));
  res.redirect(303, `/teams/${team.id}`);
}
