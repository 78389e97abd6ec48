import type { Request, Response } from 'express';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { throttleOf } from '../../middleware/limits.ts';
import { emailChangedMail, confirmationMail } from '../../mail/templates.ts';
import { renderFormErrors, typedFields } from '../form-errors.ts';
import { profileLocals } from './profile.ts';
import { confirmEmailChange, findEmailChangeByToken, requestEmailChange } from '../../models/user/email-changes.ts';
import { emailChange } from '../../schemas/account.ts';

/** The response does not reveal whether the address belongs to another account. */
export async function create(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  try {
    const { email, currentPassword } = parse(emailChange, req.body);
    await throttleOf(req).changeEmail(viewer.id, () =>
      requestEmailChange(viewer, email, currentPassword, confirmationMail(viewer)),
    );
    await res.locals.keepFlash({
      kind: 'notice',
      key: req.app.locals.settings.smtpUrl === null ? 'accounts.profile.emailNoted' : 'accounts.profile.emailAsked',
      options: { email },
    });
    res.redirect(303, '/settings/profile');
  } catch (error) {
    const locals = await profileLocals(res);
    await renderFormErrors(error, res, 'settings/profile', {
      ...locals,
      input: { ...locals.input, ...typedFields(req.body, ['email']) },
    });
  }
}

export async function show(req: Request, res: Response): Promise<void> {
  res.render('settings/email', { email: await findEmailChangeByToken(viewerOf(res), tokenIn(req)), errors: {} });
}

export async function update(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const email = await findEmailChangeByToken(viewer, tokenIn(req));
  try {
    await confirmEmailChange(viewer, tokenIn(req), emailChangedMail(viewer));
    await res.locals.keepFlash({ kind: 'notice', key: 'accounts.profile.emailChanged', options: { email } });
    res.redirect(303, '/settings/profile');
  } catch (error) {
    await renderFormErrors(error, res, 'settings/email', { email });
  }
}

const tokenIn = ({ params }: Request): string => String(params.token);
