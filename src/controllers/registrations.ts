import type { Request, Response } from 'express';
import { z } from 'zod';
import { parse } from '../lib/parse.ts';
import { signIn } from '../middleware/session.ts';
import { throttleOf } from '../middleware/throttle.ts';
import { User } from '../models/index.ts';
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
  await User.checkRegistrationIsOpen(req.app.locals.settings);
  res.render('registrations/new', { input: { name: '', email: '' }, errors: {}, asksSetupToken: await asksSetupToken(req) });
}

export async function create(req: Request, res: Response): Promise<void> {
  try {
    const input = { ...parse(registrationForm, req.body), locale: res.locals.locale };
    const user = await throttleOf(req).register(req.ip, () => User.register(input, req.app.locals.settings));
    await signIn(req, user);
    res.redirect(303, '/');
  } catch (fault) {
    const input = fields.typed(req.body, ['name', 'email']);
    await showFormAgain(fault, res, 'registrations/new', { input, asksSetupToken: await asksSetupToken(req) });
  }
}

/** Only the first account has to bring it. */
const asksSetupToken = async (req: Request): Promise<boolean> => req.app.locals.settings.setupToken !== null && User.isEmpty();
