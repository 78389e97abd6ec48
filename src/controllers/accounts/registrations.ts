import type { Request, Response } from 'express';
import { z } from 'zod';
import { DomainError } from '../../lib/errors.ts';
import { safeRedirectPath } from '../../middleware/redirect-back.ts';
import { parse } from '../../lib/parse.ts';
import { signIn } from '../../middleware/session.ts';
import { throttleOf } from '../../middleware/locals.ts';
import type { Invitation, Team } from '../../models/index.ts';
import { renderFormErrors, typedFields } from '../form-errors.ts';
import { findInvitationByToken } from '../../models/team/invitations.ts';
import { noneRegistered } from '../../models/user/queries.ts';
import { checkRegistrationIsOpen, registerUser } from '../../models/user/registration.ts';
import * as fields from '../../schemas/user.ts';

const registrationForm = z.object({
  name: fields.personName,
  email: fields.email,
  password: fields.newPassword,
  timeZone: fields.browserTimeZone,
  setupToken: z.string().optional(),
});

export async function newForm(req: Request, res: Response): Promise<void> {
  if (res.locals.viewer) {
    res.redirect(303, '/');
    return;
  }
  const next = safeRedirectPath(req.query.next);
  await checkRegistrationIsOpen(req.app.locals.settings, await invitationIn(req, next));
  res.render('registrations/new', {
    input: { name: '', email: '', next: next ?? '' },
    errors: {},
    asksSetupToken: await asksSetupToken(req),
  });
}

export async function create(req: Request, res: Response): Promise<void> {
  const next = safeRedirectPath((req.body as { next?: unknown }).next);
  try {
    const input = { ...parse(registrationForm, req.body), locale: res.locals.locale };
    const invitation = await invitationIn(req, next);
    const user = await throttleOf(req).register(req.ip, () => registerUser(input, req.app.locals.settings, invitation));
    await signIn(req, user);
    if (!invitation?.isFor(user.email)) {
      res.redirect(303, next ?? '/');
      return;
    }
    await res.locals.keepFlash({ kind: 'notice', key: 'teams.joined', options: { name: invitation.team.name } });
    res.redirect(303, `/teams/${String(invitation.teamId)}`);
  } catch (error) {
    const input = { ...typedFields(req.body, ['name', 'email']), next: next ?? '' };
    await renderFormErrors(error, res, 'registrations/new', { input, asksSetupToken: await asksSetupToken(req) });
  }
}

/**
 * The invitation of `?next=/invitations/:token`. One that cannot be used is ignored unless registration needs it: its
 * own page says why.
 */
async function invitationIn(req: Request, next: string | null): Promise<(Invitation & { team: Team }) | null> {
  const { registration } = req.app.locals.settings;
  const [, token] = /^\/invitations\/([\w-]+)$/.exec(next ?? '') ?? [];
  if (token === undefined || registration === 'closed') return null;
  return findInvitationByToken(token).catch((error: unknown) => {
    if (registration === 'invite' || !(error instanceof DomainError)) throw error;
    return null;
  });
}

/** Only the first account needs the setup token. */
const asksSetupToken = async (req: Request): Promise<boolean> =>
  req.app.locals.settings.setupToken !== null && noneRegistered();
