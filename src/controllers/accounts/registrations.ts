import type { Request, Response } from 'express';
import { z } from 'zod';
import { DomainError } from '../../lib/errors.ts';
import { safeRedirectPath } from '../../middleware/redirect-back.ts';
import { parse } from '../../lib/parse.ts';
import { signIn } from '../../middleware/session.ts';
import { throttleOf } from '../../middleware/limits.ts';
import type { Invitation, Team } from '../../models/index.ts';
import { registrationMails } from '../../mail/templates.ts';
import { renderFormErrors, typedFields } from '../form-errors.ts';
import { findInvitationByToken } from '../../models/team/invitations.ts';
import {
  completeRegistration,
  findRegistrationByToken,
  requestRegistration,
} from '../../models/user/pending-registrations.ts';
import { noneRegistered } from '../../models/user/queries.ts';
import { checkMayRegister, checkRegistrationIsOpen, registerUser } from '../../models/user/registration.ts';
import * as fields from '../../schemas/user.ts';

const registrationForm = z.object({
  name: fields.personName,
  email: fields.email,
  password: fields.newPassword,
  timeZone: fields.browserTimeZone,
  setupToken: z.string().optional(),
});

const completionForm = z.object({ currentPassword: fields.currentPassword });

export async function newForm(req: Request, res: Response): Promise<void> {
  if (res.locals.viewer) {
    res.redirect(303, '/');
    return;
  }
  const next = safeRedirectPath(req.query.next);
  await checkRegistrationIsOpen(req.app.locals.settings, await invitationIn(req, next));
  res.render('registrations/new', {
    input: { name: '', email: '', next: next ?? '' },
    asked: req.query.asked !== undefined,
    errors: {},
    asksSetupToken: await asksSetupToken(req),
  });
}

export async function create(req: Request, res: Response): Promise<void> {
  const next = safeRedirectPath((req.body as { next?: unknown }).next);
  try {
    const input = { ...parse(registrationForm, req.body), locale: res.locals.locale };
    const { settings } = req.app.locals;
    const invitation = await invitationIn(req, next);
    if (await mustConfirm(req, invitation, input.email)) {
      await checkMayRegister(input.email, settings, invitation);
      const mails = registrationMails(res.locals.locale, next);
      await throttleOf(req).mailRegistration(input.email, req.ip, () => requestRegistration(input, mails));
      res.redirect(303, `/register?asked&lang=${res.locals.locale}${next ? `&next=${encodeURIComponent(next)}` : ''}`);
      return;
    }
    const user = await throttleOf(req).register(req.ip, () => registerUser(input, settings, invitation));
    await signIn(req, user);
    if (!invitation?.isFor(user.email)) {
      res.redirect(303, next ?? '/');
      return;
    }
    await res.locals.keepFlash({ kind: 'notice', key: 'teams.joined', options: { name: invitation.team.name } });
    res.redirect(303, `/teams/${String(invitation.teamId)}`);
  } catch (error) {
    const input = { ...typedFields(req.body, ['name', 'email']), next: next ?? '' };
    await renderFormErrors(error, res, 'registrations/new', {
      input,
      asked: false,
      asksSetupToken: await asksSetupToken(req),
    });
  }
}

/** Where the link mailed to the address leads. */
export async function show(req: Request, res: Response): Promise<void> {
  const { email } = await findRegistrationByToken(tokenIn(req));
  res.render('registrations/show', { email, next: safeRedirectPath(req.query.next) ?? '', errors: {} });
}

export async function complete(req: Request, res: Response): Promise<void> {
  const { email } = await findRegistrationByToken(tokenIn(req));
  const next = safeRedirectPath((req.body as { next?: unknown }).next);
  try {
    const { currentPassword } = parse(completionForm, req.body);
    const user = await throttleOf(req).register(req.ip, () =>
      completeRegistration(tokenIn(req), currentPassword, req.app.locals.settings),
    );
    await signIn(req, user);
    res.redirect(303, next ?? '/');
  } catch (error) {
    await renderFormErrors(error, res, 'registrations/show', { email, next: next ?? '' });
  }
}

/**
 * Whether the address must be confirmed before the account begins: where mail is sent, but for the first account (the
 * mail server may not work yet) and for whoever was mailed an invitation.
 */
async function mustConfirm(req: Request, invitation: Invitation | null, email: string): Promise<boolean> {
  const isMailed = invitation?.mailed === true && invitation.isFor(email);
  return req.app.locals.settings.smtpUrl !== null && !isMailed && !(await noneRegistered());
}

const tokenIn = ({ params }: Request): string => String(params.token);

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
