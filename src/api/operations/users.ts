import { z } from 'zod';
import { emailKey } from '../../lib/email.ts';
import { notFound } from '../../lib/http-error.ts';
import { recordId } from '../../lib/parse.ts';
import { followedTasks as findFollowedTasks } from '../../models/follow/queries.ts';
import { User } from '../../models/index.ts';
import {
  userCursorParts,
  type UserFilters,
  type UserParts,
  countUsers,
  findUserDetails,
  usersPage,
} from '../../models/user/user-directory.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { operation, type OperationContext, type OperationResponse } from '../operation.ts';
import { listHeaders } from '../../schemas/paging.ts';
import {
  userListQuery,
  userParams,
  userParts,
  userPatch,
  userPut,
  userSchema,
  userFollowsQuery,
  userFollowsSchema,
} from '../../schemas/user.ts';
import { findByEmail } from '../../models/user/queries.ts';
import { changeRights } from '../../models/user/rights.ts';
import { presentFollowedTask } from '../../presenters/follow.ts';
import { presentUser } from '../../presenters/user.ts';
import { absoluteUrls, cursorIn, nextLink, ok, pageHeaders, windowOf } from '../response.ts';
import { requireAdministrator } from './admin.ts';

const tag = 'Users';

export const listUsers = operation({
  method: 'get',
  path: '/users',
  tag,
  summary: 'List all users',
  description: 'For administrators. Sorted by name, with the number of tasks that each has created.',
  scope: 'read',
  query: userListQuery,
  example: { query: { q: 'an', 'filter[disabled]': 'false', limit: '20' } },
  responses: {
    200: { description: 'A page of users.', schema: z.array(userSchema), headers: listHeaders },
  },
  async run({ viewer, query, req }) {
    requireAdministrator(viewer);
    const filters: UserFilters = {
      q: query.q,
      tasksOver: query.tasksOver,
      disabled: query['filter[disabled]'],
      admin: query['filter[admin]'],
    };
    const { size, offset } = windowOf(query);
    const { users, next } = await usersPage(viewer, filters, cursorIn(req, query.after, userCursorParts), size, {
      teams: query.teams,
      tasks: query.tasks,
      offset: offset ?? 0,
    });
    const url = absoluteUrls(req);
    return ok(
      users.map((user) => presentUser(user, url)),
      await pageHeaders(req, query, next, () => countUsers(filters)),
    );
  },
});

export const getUser = operation({
  method: 'get',
  path: '/users/{id}',
  tag,
  summary: 'Get your account with the tasks that you follow',
  description: 'Administrators can get any account; the followed tasks are included only in your own.',
  scope: 'read',
  params: userParams,
  query: userFollowsQuery,
  example: { query: { read: 'false' } },
  responses: { 200: { description: 'The account.', schema: userFollowsSchema, headers: { Link: listHeaders.Link } } },
  async run({ viewer, params, query: { read, limit, after, ...parts }, req }) {
    const id = await readableUserId(viewer, params.id);
    const user = id === null ? null : await findUserDetails(viewer, id, parts);
    if (!user) throw notFound();
    const url = absoluteUrls(req);
    if (id !== viewer.id) return ok(presentUser(user, url));

    const [last = null] = cursorIn(req, after, []) ?? [];
    const tasks = await findFollowedTasks(viewer, { read }, last as number | null, limit + 1);
    const page = tasks.slice(0, limit);
    const end = page.at(-1);
    const followedTasks = page.map((task) => presentFollowedTask(task, url));
    return ok(
      { ...presentUser(user, url), followedTasks },
      nextLink(req, end && tasks.length > limit ? [end.id] : null),
    );
  },
});

const oneUser = {
  path: '/users/{id}',
  tag,
  scope: 'write',
  params: userParams,
  query: z.strictObject(userParts),
  responses: { 200: { description: 'The updated user.', schema: userSchema } },
  problems: ['validation'],
} as const;

export const updateUser = operation({
  ...oneUser,
  method: 'patch',
  summary: 'Disable or enable a user, or grant or remove admin rights',
  description:
    'For administrators, and not for your own account. Fields that you leave out keep their values. ' +
    'Disabling a user signs them out everywhere and revokes all their tokens.',
  body: userPatch,
  example: { body: { disabled: true, disabledReason: 'Has left the company' } },
  run: (context) => update(context, context.body),
});

export const replaceUser = operation({
  ...oneUser,
  method: 'put',
  summary: 'Replace the rights of a user',
  description: 'As `PATCH`, with every field; without a `disabledReason` there is none.',
  body: userPut,
  example: { body: { disabled: false, admin: true } },
  run: (context) => update(context, { ...context.body, disabledReason: context.body.disabledReason ?? null }),
});

async function update(
  { viewer, params: { id }, query, req }: OperationContext<{ id: string }, UserParts, unknown>,
  { disabled, disabledReason, admin }: z.output<typeof userPatch>,
): Promise<OperationResponse> {
  requireAdministrator(viewer);
  const user = await findUser(id);
  await changeRights(user, viewer, { disabled, disabledReason, admin });
  const record = await findUserDetails(viewer, user.id, query);
  if (!record) throw notFound();
  return ok(presentUser(record, absoluteUrls(req)));
}

async function findUser(idOrEmail: string): Promise<User> {
  const id = recordId.safeParse(idOrEmail);
  const user = id.success ? await User.findByPk(id.data) : await findByEmail(idOrEmail);
  if (!user) throw notFound();
  return user;
}

/** The viewer's own id or, for an administrator, anybody's. */
async function readableUserId(viewer: Viewer, idOrEmail: string): Promise<number | null> {
  const id = recordId.safeParse(idOrEmail).data;
  if (id === viewer.id || emailKey(idOrEmail) === emailKey(viewer.email)) return viewer.id;
  if (!viewer.admin) return null;
  return id ?? (await findByEmail(idOrEmail))?.id ?? null;
}
