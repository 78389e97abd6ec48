import type { Request, Response } from 'express';
import { z } from 'zod';
import { ValidationError } from '../../lib/errors.ts';
import { safeRedirectPath } from '../../middleware/redirect-back.ts';
import { parse } from '../../lib/parse.ts';
import { throttleOf } from '../../middleware/limits.ts';
import { hasSessionCookie, signIn, signOut } from '../../middleware/session.ts';
import { unsentForm } from '../../middleware/shown-once.ts';
import { renderFormErrors, typedFields } from '../form-errors.ts';
import { authenticate } from '../../models/user/commands.ts';
import * as fields from '../../schemas/user.ts';

const signInForm = z.object({
  email: fields.signInEmail,
  password: fields.currentPassword,
});

/** Values of `?notice=`: why the sign-in page is shown. */
const notices = ['reset', 'deleted', 'disabled', 'expired', 'password_changed', 'revoked'] as const;

export function newForm(req: Request, res: Response): void {
  const next = safeRedirectPath(req.query.next);
  if (res.locals.viewer) res.redirect(303, next ?? '/');
  else
    res.render('sessions/new', {
      notice:
        notices.find((notice) => notice === req.query.notice) ?? (next && hasSessionCookie(req) ? 'expired' : null),
      input: { email: '', next: next ?? '' },
      errors: {},
    });
}

export async function create(req: Request, res: Response): Promise<void> {
  const next = safeRedirectPath((req.body as { next?: unknown }).next);
  try {
    const { email, password } = parse(signInForm, req.body);
    const user = await throttleOf(req).signIn(email, req.ip, () => authenticate(email, password));
    if (!user) throw new ValidationError({ path: '', message: 'errors.signInFailed' });
    await signIn(req, user);
    const page = next ?? '/';
    const unsent = unsentForm(req, user.id);
    if (unsent) await res.locals.keepOnce(page.replace(/\?.*/, ''), unsent, unsent.unsent.action);
    res.redirect(303, page);
  } catch (error) {
    const typed = typedFields(req.body, ['email', 'unsent']);
    await renderFormErrors(error, res, 'sessions/new', {
      input: { ...typed, next: next ?? '' },
      unsent: typed.unsent,
    });
  }
}

export async function destroy(req: Request, res: Response): Promise<void> {
  await signOut(req, res);
  res.redirect(303, '/login');
}
