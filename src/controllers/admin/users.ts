import type { Request, Response } from 'express';
import { z } from 'zod';
import { decodeCursor } from '../../database/cursor.ts';
import { badRequest, notFound } from '../../lib/http-error.ts';
import { idInPath } from '../../lib/record-id.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { User } from '../../models/index.ts';
import { userCursorParts, type UserFilters, type UserRecord } from '../../models/user/user-directory.ts';
import { limits } from '../../shared/limits.ts';
import { cursor, pageParam, searchText } from '../../schemas/paging.ts';
import { nextPage } from '../paging.ts';

const states = ['all', 'active', 'disabled', 'administrators'] as const;
const query = z.object({
  q: pageParam(searchText.optional()),
  state: pageParam(z.enum(states).default('all')),
  after: pageParam(cursor.optional()),
});

const filterOf: Record<(typeof states)[number], UserFilters> = {
  all: {},
  active: { disabled: false },
  disabled: { disabled: true },
  administrators: { admin: true },
};

/** Everybody, by name. */
export async function index(req: Request, res: Response): Promise<void> {
  const asked = query.safeParse(req.query);
  if (!asked.success) throw badRequest('errors.filter');
  const { q, state, after } = asked.data;
  const { users, next } = await User.page(
    viewerOf(res),
    { q, ...filterOf[state] },
    after === undefined ? null : decodeCursor(after, userCursorParts),
    limits.page,
  );
  res.render('admin/users/index', { users, state, states, q: q ?? '', next: nextPage(req, next) });
}

export async function show(req: Request, res: Response): Promise<void> {
  res.render('admin/users/show', { user: await shownUser(req, res), input: {}, errors: {} });
}

/** Whom the page is about, with the teams. @throws HttpError 404 */
export async function shownUser(req: Request, res: Response): Promise<UserRecord> {
  const user = await User.record(viewerOf(res), idInPath(req.params.id), { teams: true });
  if (!user) throw notFound();
  return user;
}
