import type { Request, Response } from 'express';
import { z } from 'zod';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { throttleOf } from '../../middleware/throttle.ts';
import { EmailChange } from '../../models/index.ts';
import * as fields from '../accounts/fields.ts';
import { changedLetter, confirmationLetter } from '../../mail/templates.ts';
import { showFormAgain } from '../show-form.ts';
import { profileLocals } from './profile.ts';

const emailForm = z.object({ email: fields.email, currentPassword: fields.password });

/** The answer does not depend on whether somebody has the address already. */
export async function create(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  try {
    const { email, currentPassword } = parse(emailForm, req.body);
    await throttleOf(req).changeEmail(viewer.id, () =>
      EmailChange.ask(viewer, email, currentPassword, confirmationLetter(viewer)),
    );
    await res.locals.keepFlash({
      kind: 'notice',
      key: req.app.locals.settings.smtpUrl === null ? 'accounts.profile.emailNoted' : 'accounts.profile.emailAsked',
      options: { email },
    });
    res.redirect(303, '/settings/profile');
  } catch (error) {
    const locals = await profileLocals(res);
    await showFormAgain(error, res, 'settings/profile', {
      ...locals,
      input: { ...locals.input, ...fields.typed(req.body, ['email']) },
    });
  }
}

export async function show(req: Request, res: Response): Promise<void> {
  res.render('settings/email', { email: await EmailChange.behind(viewerOf(res), secretIn(req)), errors: {} });
}

export async function update(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const email = await EmailChange.behind(viewer, secretIn(req));
  try {
    await EmailChange.confirm(viewer, secretIn(req), changedLetter(viewer));
    await res.locals.keepFlash({ kind: 'notice', key: 'accounts.profile.emailChanged', options: { email } });
    res.redirect(303, '/settings/profile');
  } catch (error) {
    await showFormAgain(error, res, 'settings/email', { email });
  }
}

const secretIn = ({ params }: Request): string => String(params.token);
