import type { Request, Response } from 'express';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { signOut } from '../../middleware/session.ts';
import { throttleOf } from '../../middleware/limits.ts';
import { deleteAccount, deletionImpact } from '../../models/user/account-deletion.ts';
import { renderFormErrors } from '../form-errors.ts';
import { findByViewer } from '../../models/user/queries.ts';
import { accountDeletion } from '../../schemas/account.ts';

export async function show(_req: Request, res: Response): Promise<void> {
  res.render('settings/account', { ...(await accountLocals(res)), errors: {} });
}

export async function destroy(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  try {
    const { currentPassword } = parse(accountDeletion, req.body);
    const user = await findByViewer(viewer);
    await throttleOf(req).password(viewer.id, () => deleteAccount(user, viewer, currentPassword));
    await signOut(req, res);
    res.redirect(303, '/login?notice=deleted');
  } catch (error) {
    await renderFormErrors(error, res, 'settings/account', await accountLocals(res));
  }
}

const accountLocals = async (res: Response) => ({
  impact: await deletionImpact(await findByViewer(viewerOf(res))),
  input: {},
});
