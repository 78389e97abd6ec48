import { z } from 'zod';
import { decodeCursor } from '../../database/cursor.ts';
import { forbidden, notFound } from '../../lib/http-error.ts';
import { recordId } from '../../lib/record-id.ts';
import { User } from '../../models/index.ts';
import { userCursorParts, type UserFilters } from '../../models/user/user-directory.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { addressesFor, nextLink } from '../address.ts';
import { ok, operation } from '../operation.ts';
import { presentUser } from '../../presenters/user-resource.ts';
import { listHeaders } from '../../schemas/paging.ts';
import { userListQuery, userParams, userParts, userPut, userSchema } from '../../schemas/user.ts';

export const listUsers = operation({
  method: 'get',
  path: '/users',
  tag: 'Users',
  summary: 'Everybody, by name, with how many tasks each has written',
  description: 'For administrators.',
  scope: 'read',
  query: userListQuery,
  example: { query: { q: 'an', 'filter[disabled]': 'false', limit: '20' } },
  answers: {
    200: {
      description: 'The users, with the parts that were asked for.',
      schema: z.array(userSchema),
      headers: listHeaders,
    },
  },
  async run({ viewer, query: { after, limit, count, teams, tasks, ...query }, req }) {
    checkAdministrator(viewer);
    const filters: UserFilters = {
      q: query.q,
      tasksOver: query.tasksOver,
      disabled: query['filter[disabled]'],
      admin: query['filter[admin]'],
    };
    const { users, next } = await User.page(
      viewer,
      filters,
      after === undefined ? null : decodeCursor(after, userCursorParts),
      limit,
      { teams, tasks },
    );
    const total: Record<string, string> = count ? { 'X-Total-Count': String(await User.total(filters)) } : {};
    const address = addressesFor(req);
    return ok(
      users.map((user) => presentUser(user, address)),
      { ...nextLink(req, next), ...total },
    );
  },
});

export const putUser = operation({
  method: 'put',
  path: '/users/{id}',
  tag: 'Users',
  summary: 'Disable or enable somebody, make or unmake an administrator',
  description:
    'For administrators, and not for oneself. What is left out stays as it is. Who is disabled is signed out everywhere, and every token of theirs is gone.',
  scope: 'write',
  params: userParams,
  query: z.strictObject(userParts),
  body: userPut,
  example: { body: { disabled: true, disabledReason: 'Has left the house' } },
  answers: { 200: { description: 'The user as it is now.', schema: userSchema } },
  problems: ['validation'],
  async run({ viewer, params: { id }, query, body: { disabled, disabledReason, admin }, req }) {
    checkAdministrator(viewer);
    const user = await userBehind(id);
    await user.changeRights({ disabled, disabledReason, admin }, viewer);
    const record = await User.record(viewer, user.id, query);
    if (!record) throw notFound();
    return ok(presentUser(record, addressesFor(req)));
  },
});

/** Before anything is looked up, so that nobody learns who is here. @throws HttpError 403 */
function checkAdministrator(viewer: Viewer): void {
  if (!viewer.admin) throw forbidden('errors.administratorsOnly');
}

async function userBehind(text: string): Promise<User> {
  const id = recordId.safeParse(text);
  const user = id.success ? await User.findByPk(id.data) : await User.findByEmail(text);
  if (!user) throw notFound();
  return user;
}
