import type { Request, Response } from 'express';
import { z } from 'zod';
import { parse } from '../../lib/parse.ts';
import { throttleOf } from '../../middleware/throttle.ts';
import { PasswordReset } from '../../models/index.ts';
import * as fields from './fields.ts';
import { resetLetter } from '../../mail/templates.ts';
import { showFormAgain } from '../show-form.ts';

const requestForm = z.object({ email: fields.email });
const passwordForm = z.object({ newPassword: fields.newPassword });

export function newForm(req: Request, res: Response): void {
  const mailed = req.app.locals.settings.smtpUrl !== null;
  res.render('password-resets/new', { asked: req.query.asked !== undefined, mailed, input: { email: '' }, errors: {} });
}

/** The answer does not depend on whether anybody has the address, nor does the time that it takes. */
export async function create(req: Request, res: Response): Promise<void> {
  try {
    const { email } = parse(requestForm, req.body);
    await throttleOf(req).resetPassword(email, req.ip, () => PasswordReset.ask(email, resetLetter(res)));
    res.redirect(303, '/password-resets/new?asked');
  } catch (error) {
    await showFormAgain(error, res, 'password-resets/new', {
      asked: false,
      mailed: true,
      input: fields.typed(req.body, ['email']),
    });
  }
}

export async function show(req: Request, res: Response): Promise<void> {
  const { email } = await PasswordReset.accountBehind(secretIn(req));
  res.render('password-resets/show', { email, input: {}, errors: {} });
}

export async function update(req: Request, res: Response): Promise<void> {
  const { email } = await PasswordReset.accountBehind(secretIn(req));
  try {
    await PasswordReset.complete(secretIn(req), parse(passwordForm, req.body).newPassword);
    res.redirect(303, '/login?notice=reset');
  } catch (error) {
    await showFormAgain(error, res, 'password-resets/show', { email, input: {} });
  }
}

const secretIn = ({ params }: Request): string => String(params.token);
