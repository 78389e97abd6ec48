import { decodeCursor } from '../../database/cursor.ts';
import { notFound } from '../../lib/http-error.ts';
import { recordId } from '../../lib/record-id.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { addressesFor, nextLink } from '../address.ts';
import { ok, operation } from '../operation.ts';
import { presentFollowedTask } from '../../presenters/follow.ts';
import { presentUser } from '../../presenters/user-resource.ts';
import { listHeaders } from '../../schemas/paging.ts';
import { userFollowsQuery, userFollowsSchema } from '../../schemas/user-follows.ts';
import { userParams } from '../../schemas/user.ts';
import { findByEmail } from '../../models/user/queries.ts';
import { findUserDetails } from '../../models/user/user-directory.ts';
import { followedTasks as findFollowedTasks } from '../../models/follow/queries.ts';
export const readUser = operation({
  method: 'get',
  path: '/users/{id}',
  tag: 'Users',
  summary: 'Read your account with the tasks that you follow',
  description: 'An administrator reads any account, without what it follows.',
  scope: 'read',
  params: userParams,
  query: userFollowsQuery,
  example: { query: { read: 'false' } },
  answers: { 200: { description: 'The account.', schema: userFollowsSchema, headers: { Link: listHeaders.Link } } },
  async run({ viewer, params, query: { read, limit, after }, req }) {
    const id = await idBehind(viewer, params.id);
    const user = id === null ? null : await findUserDetails(viewer, id);
    if (!user) throw notFound();
    const address = addressesFor(req);
    if (id !== viewer.id) return ok(presentUser(user, address));

    const [last = null] = after === undefined ? [] : decodeCursor(after, []);
    const tasks = await findFollowedTasks(viewer, { read }, last as number | null, limit + 1);
    const page = tasks.slice(0, limit);
    const end = page.at(-1);
    const followedTasks = page.map((task) => presentFollowedTask(task, address));
    return ok(
      { ...presentUser(user, address), followedTasks },
      nextLink(req, end && tasks.length > limit ? [end.id] : null),
    );
  },
});

/** Oneself or, for an administrator, anybody. */
async function idBehind(viewer: Viewer, text: string): Promise<number | null> {
  const id = recordId.safeParse(text).data;
  if (id === viewer.id || text.toLowerCase() === viewer.email.toLowerCase()) return viewer.id;
  if (!viewer.admin) return null;
  return id ?? (await findByEmail(text))?.id ?? null;
}
