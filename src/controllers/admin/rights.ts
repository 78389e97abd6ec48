import type { Request, Response } from 'express';
import { z } from 'zod';
import { notFound } from '../../lib/http-error.ts';
import { parse } from '../../lib/parse.ts';
import { idInPath } from '../../lib/record-id.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { User } from '../../models/index.ts';
import type { Rights } from '../../models/user/rights.ts';
import { disabledReason } from '../../schemas/user.ts';
import { renderFormErrors, typedIn } from '../form-errors.ts';
import { shownUser } from './users.ts';

const disablingForm = z.object({ reason: disabledReason.transform((reason) => reason ?? null) });

export function disable(req: Request, res: Response): Promise<void> {
  return change(req, res, 'admin.users.nowDisabled', () => ({
    disabled: true,
    disabledReason: parse(disablingForm, req.body).reason,
  }));
}

export function enable(req: Request, res: Response): Promise<void> {
  return change(req, res, 'admin.users.nowEnabled', () => ({ disabled: false }));
}

export function promote(req: Request, res: Response): Promise<void> {
  return change(req, res, 'admin.users.nowAdministrator', () => ({ admin: true }));
}

export function demote(req: Request, res: Response): Promise<void> {
  return change(req, res, 'admin.users.noAdministrator', () => ({ admin: false }));
}

/** @param said the sentence that says what is so now */
async function change(req: Request, res: Response, said: string, wanted: () => Rights): Promise<void> {
  const user = await User.findByPk(idInPath(req.params.id), { rejectOnEmpty: notFound() });
  try {
    await user.changeRights(wanted(), viewerOf(res));
    await res.locals.keepFlash({ kind: 'notice', key: said, options: { name: user.name } });
    res.redirect(303, `/admin/users/${String(user.id)}`);
  } catch (error) {
    await renderFormErrors(error, res, 'admin/users/show', {
      user: await shownUser(req, res),
      input: typedIn(req.body),
    });
  }
}
