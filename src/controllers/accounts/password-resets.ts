import type { Request, Response } from 'express';
import { z } from 'zod';
import { parse } from '../../lib/parse.ts';
import { throttleOf } from '../../middleware/limits.ts';
import { resetMail } from '../../mail/templates.ts';
import { renderFormErrors, typedFields } from '../form-errors.ts';
import {
  completePasswordReset,
  findUserByResetToken,
  requestPasswordReset,
} from '../../models/user/password-resets.ts';
import * as fields from '../../schemas/user.ts';

const requestForm = z.object({ email: fields.email });
const passwordForm = z.object({ newPassword: fields.newPassword });

export function newForm(req: Request, res: Response): void {
  const mailed = req.app.locals.settings.smtpUrl !== null;
  res.render('password-resets/new', { asked: req.query.asked !== undefined, mailed, input: { email: '' }, errors: {} });
}

/** Neither the response nor its time reveals whether the address belongs to an account. */
export async function create(req: Request, res: Response): Promise<void> {
  try {
    const { email } = parse(requestForm, req.body);
    await throttleOf(req).resetPassword(email, req.ip, () => requestPasswordReset(email, resetMail(res)));
    res.redirect(303, '/password-resets/new?asked');
  } catch (error) {
    await renderFormErrors(error, res, 'password-resets/new', {
      asked: false,
      mailed: true,
      input: typedFields(req.body, ['email']),
    });
  }
}

export async function show(req: Request, res: Response): Promise<void> {
  const { email } = await findUserByResetToken(tokenIn(req));
  res.render('password-resets/show', { email, input: {}, errors: {} });
}

export async function update(req: Request, res: Response): Promise<void> {
  const { email } = await findUserByResetToken(tokenIn(req));
  try {
    await completePasswordReset(tokenIn(req), parse(passwordForm, req.body).newPassword);
    res.redirect(303, '/login?notice=reset');
  } catch (error) {
    await renderFormErrors(error, res, 'password-resets/show', { email, input: {} });
  }
}

const tokenIn = ({ params }: Request): string => String(params.token);
