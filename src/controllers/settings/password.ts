import type { Request, Response } from 'express';
import { z } from 'zod';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { renewSession } from '../../middleware/session.ts';
import { throttleOf } from '../../middleware/limits.ts';
import { renderFormErrors, typedIn } from '../form-errors.ts';
import { listTokens } from '../../models/api-token/queries.ts';
import { changePassword } from '../../models/user/password.ts';
import { findByViewer } from '../../models/user/queries.ts';
import { keptTokens } from '../../schemas/token.ts';
import * as fields from '../../schemas/user.ts';

const passwordForm = z.object({
  currentPassword: fields.currentPassword,
  newPassword: fields.newPassword,
  keepTokens: keptTokens,
});

export async function show(_req: Request, res: Response): Promise<void> {
  res.render('settings/password', { ...(await passwordLocals(res)), errors: {} });
}

export async function update(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  try {
    const { currentPassword, newPassword, keepTokens } = parse(passwordForm, req.body);
    const user = await findByViewer(viewer);
    const kept = { keepSid: req.sessionID, keepTokens };
    await throttleOf(req).password(viewer.id, () => changePassword(user, currentPassword, newPassword, kept));
    await renewSession(req);
    await res.locals.keepFlash({ kind: 'notice', key: 'accounts.changePassword.changed' });
    res.redirect(303, '/settings');
  } catch (error) {
    await renderFormErrors(error, res, 'settings/password', {
      ...(await passwordLocals(res)),
      input: typedIn(req.body),
    });
  }
}

const passwordLocals = async (res: Response) => ({ tokens: await listTokens(viewerOf(res)), input: {} });
