import type { Request, Response } from 'express';
import { z } from 'zod';
import { badRequest, notFound } from '../../lib/http-error.ts';
import { parse, idInPath } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { User } from '../../models/index.ts';
import { type Rights, changeRights } from '../../models/user/rights.ts';
import {
  userCursorParts,
  type UserFilters,
  type UserRecord,
  findUserDetails,
  usersPage,
} from '../../models/user/user-directory.ts';
import { limits } from '../../shared/limits.ts';
import { renderFormErrors, typedIn } from '../form-errors.ts';
import { cursor, pageParam, searchText } from '../../schemas/paging.ts';
import { disabledReason } from '../../schemas/user.ts';
import { cursorIn, nextPage } from '../paging.ts';

const states = ['all', 'active', 'disabled', 'administrators'] as const;
const query = z.object({
  q: pageParam(searchText.optional()),
  state: pageParam(z.enum(states).default('all')),
  after: pageParam(cursor.optional()),
});

const disablingForm = z.object({ reason: disabledReason.transform((reason) => reason ?? null) });

const filtersByState: Record<(typeof states)[number], UserFilters> = {
  all: {},
  active: { disabled: false },
  disabled: { disabled: true },
  administrators: { admin: true },
};

/** All users by name. */
export async function index(req: Request, res: Response): Promise<void> {
  const parsed = query.safeParse(req.query);
  if (!parsed.success) throw badRequest('errors.filter');
  const { q, state, after } = parsed.data;
  const { users, next } = await usersPage(
    viewerOf(res),
    { q, ...filtersByState[state] },
    cursorIn(after, userCursorParts),
    limits.page,
  );
  res.render('admin/users/index', { users, state, states, q: q ?? '', next: nextPage(req, next) });
}

export async function show(req: Request, res: Response): Promise<void> {
  res.render('admin/users/show', { user: await loadUser(req, res), input: {}, errors: {} });
}

export function disable(req: Request, res: Response): Promise<void> {
  return applyRights(req, res, 'admin.users.nowDisabled', () => ({
    disabled: true,
    disabledReason: parse(disablingForm, req.body).reason,
  }));
}

export function enable(req: Request, res: Response): Promise<void> {
  return applyRights(req, res, 'admin.users.nowEnabled', () => ({ disabled: false }));
}

export function promote(req: Request, res: Response): Promise<void> {
  return applyRights(req, res, 'admin.users.nowAdministrator', () => ({ admin: true }));
}

export function demote(req: Request, res: Response): Promise<void> {
  return applyRights(req, res, 'admin.users.noAdministrator', () => ({ admin: false }));
}

/** @param notice translation key of the message after the change */
async function applyRights(req: Request, res: Response, notice: string, readRights: () => Rights): Promise<void> {
  const user = await User.findByPk(idInPath(req.params.id), { rejectOnEmpty: notFound() });
  try {
    await changeRights(user, viewerOf(res), readRights());
    await res.locals.keepFlash({ kind: 'notice', key: notice, options: { name: user.name } });
    res.redirect(303, `/admin/users/${String(user.id)}`);
  } catch (error) {
    await renderFormErrors(error, res, 'admin/users/show', {
      user: await loadUser(req, res),
      input: typedIn(req.body),
    });
  }
}

/** The user of `:id` with their teams. @throws HttpError 404 */
async function loadUser(req: Request, res: Response): Promise<UserRecord> {
  const user = await findUserDetails(viewerOf(res), idInPath(req.params.id), { teams: true });
  if (!user) throw notFound();
  return user;
}
