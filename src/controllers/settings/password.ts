import type { Request, Response } from 'express';
import { z } from 'zod';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { renewSession } from '../../middleware/session.ts';
import { throttleOf } from '../../middleware/locals.ts';
import { renderFormErrors } from '../form-errors.ts';
import { changePassword } from '../../models/user/password.ts';
import { findByViewer } from '../../models/user/queries.ts';
import * as fields from '../../schemas/user.ts';

const passwordForm = z.object({ currentPassword: fields.currentPassword, newPassword: fields.newPassword });

export function show(_req: Request, res: Response): void {
  res.render('settings/password', { errors: {} });
}

export async function update(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  try {
    const { currentPassword, newPassword } = parse(passwordForm, req.body);
    const user = await findByViewer(viewer);
    await throttleOf(req).password(viewer.id, () => changePassword(user, currentPassword, newPassword, req.sessionID));
    await renewSession(req);
    await res.locals.keepFlash({ kind: 'notice', key: 'accounts.changePassword.changed' });
    res.redirect(303, '/settings');
  } catch (error) {
    await renderFormErrors(error, res, 'settings/password', {});
  }
}
