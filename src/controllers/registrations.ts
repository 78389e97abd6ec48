import type { Request, Response } from 'express';
import { z } from 'zod';
import { ownPath } from '../lib/own-path.ts';
import { parse } from '../lib/parse.ts';
import { signIn } from '../middleware/session.ts';
import { throttleOf } from '../middleware/throttle.ts';
import { Invitation, User } from '../models/index.ts';
import type { RegistrationRules } from '../models/registration.ts';
import * as fields from './account-fields.ts';
import { showFormAgain } from './show-form.ts';

const registrationForm = z.object({
  name: fields.name,
  email: fields.email,
  password: fields.newPassword,
  timeZone: fields.timeZone,
  setupToken: z.string().optional(),
});

export async function newForm(req: Request, res: Response): Promise<void> {
  if (res.locals.viewer) {
    res.redirect(303, '/');
    return;
  }
  const next = ownPath(req.query.next);
  await User.checkRegistrationIsOpen(await rulesFor(req, next));
  res.render('registrations/new', { input: { name: '', email: '', next: next ?? '' }, errors: {}, asksSetupToken: await asksSetupToken(req) });
}

export async function create(req: Request, res: Response): Promise<void> {
  const next = ownPath((req.body as { next?: unknown }).next);
  try {
    const input = { ...parse(registrationForm, req.body), locale: res.locals.locale };
    const user = await throttleOf(req).register(req.ip, async () => User.register(input, await rulesFor(req, next)));
    await signIn(req, user);
    res.redirect(303, next ?? '/');
  } catch (fault) {
    const input = { ...fields.typed(req.body, ['name', 'email']), next: next ?? '' };
    await showFormAgain(fault, res, 'registrations/new', { input, asksSetupToken: await asksSetupToken(req) });
  }
}

/** Whoever brings an invitation that can be used is let in where others need one. */
async function rulesFor(req: Request, next: string | null): Promise<RegistrationRules> {
  const { registration, setupToken } = req.app.locals.settings;
  const [, secret] = /^\/invitations\/([\w-]+)$/.exec(next ?? '') ?? [];
  const invited = registration === 'invite' && secret !== undefined && (await Invitation.behind(secret)) !== null;
  return { registration: invited ? 'open' : registration, setupToken };
}

/** Only the first account has to bring it. */
const asksSetupToken = async (req: Request): Promise<boolean> => req.app.locals.settings.setupToken !== null && User.isEmpty();
