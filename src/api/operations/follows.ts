import { notFound } from '../../lib/http-error.ts';
import type { Follow } from '../../models/index.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { operation } from '../operation.ts';
import { presentFollow } from '../../presenters/follow.ts';
import { followBody, followSchema, inboxItemSchema, inboxReading, newFollow } from '../../schemas/follow.ts';
import { idParams } from '../../schemas/shared.ts';
import * as commands from '../../models/follow/commands.ts';
import { findFollow } from '../../models/follow/queries.ts';
import { z } from 'zod';
import { inboxPage, type InboxCursor } from '../../models/follow/inbox.ts';
import { presentInboxResource } from '../../presenters/inbox.ts';
import { listHeaders, paging } from '../../schemas/paging.ts';
import { absoluteUrls, cursorIn, nextLink, noContent, ok } from '../response.ts';

const tag = 'Follows';

export const listInbox = operation({
  method: 'get',
  path: '/inbox',
  tag,
  summary: 'List your unread followed tasks',
  description:
    'Tasks that you follow and that others have changed since you read them, the latest change first.' +
    ' Mark one as read with `PUT /follows/{id}`. Sockets receive the number of unread tasks as ' +
    '`inbox_updated`.',
  scope: 'read',
  query: z.strictObject({ limit: paging.limit, after: paging.after }),
  example: { query: { limit: '20' } },
  responses: {
    200: {
      description: 'A page of the inbox.',
      schema: z.array(inboxItemSchema),
      headers: { Link: listHeaders.Link },
    },
  },
  async run({ viewer, query: { after, limit }, req }) {
    const { items, next } = await inboxPage(
      viewer,
      cursorIn(req, after, [{ kind: 'time' }]) as InboxCursor | null,
      limit,
    );
    const url = absoluteUrls(req);
    return ok(
      items.map((item) => presentInboxResource(item, url)),
      nextLink(req, next),
    );
  },
});

export const readInbox = operation({
  method: 'post',
  path: '/inbox/read',
  tag,
  summary: 'Mark everything in the inbox as read',
  description: 'What has changed after `until` stays unread.',
  scope: 'write',
  body: inboxReading,
  example: { body: { until: '2026-11-27T14:05:00.000Z' } },
  responses: { 204: { description: 'Marked.' } },
  async run({ viewer, body: { until } }) {
    await commands.markAllAsRead(viewer, until ?? new Date());
    return noContent;
  },
});

export const createFollow = operation({
  method: 'post',
  path: '/follows',
  tag,
  summary: 'Follow a task',
  scope: 'write',
  body: newFollow,
  example: { body: { taskId: 12 } },
  responses: {
    200: {
      description: 'You already follow the task; the existing follow.',
      schema: followSchema,
      headers: { Location: 'The URL of the follow.' },
    },
    201: { description: 'The new follow.', schema: followSchema, headers: { Location: 'The URL of the follow.' } },
  },
  problems: ['notFound'],
  async run({ viewer, body: { taskId }, req }) {
    const { follow, isNew } = await commands.followTask(viewer, taskId);
    const body = presentFollow(follow, absoluteUrls(req));
    return { status: isNew ? 201 : 200, body, headers: { Location: body.url } };
  },
});

const oneFollow = { path: '/follows/{id}', tag, params: idParams } as const;

export const getFollow = operation({
  ...oneFollow,
  method: 'get',
  summary: 'Get one of your follows',
  scope: 'read',
  responses: { 200: { description: 'The follow.', schema: followSchema } },
  run: async ({ viewer, params: { id }, req }) => ok(presentFollow(await requireFollow(viewer, id), absoluteUrls(req))),
});

export const updateFollow = operation({
  ...oneFollow,
  method: 'put',
  summary: 'Mark a followed task as read or unread',
  scope: 'write',
  body: followBody,
  example: { body: { read: true } },
  responses: { 200: { description: 'The updated follow.', schema: followSchema } },
  async run({ viewer, params: { id }, body: { read }, req }) {
    const follow = await requireFollow(viewer, id);
    return ok(presentFollow(await commands.updateFollow(follow, viewer, { read }), absoluteUrls(req)));
  },
});

export const deleteFollow = operation({
  ...oneFollow,
  method: 'delete',
  summary: 'Unfollow a task',
  scope: 'write',
  responses: { 204: { description: 'You no longer follow the task.' } },
  async run({ viewer, params: { id } }) {
    await commands.destroyFollow(await requireFollow(viewer, id), viewer);
    return noContent;
  },
});

/** @throws HttpError 404 */
async function requireFollow(viewer: Viewer, id: number): Promise<Follow> {
  const follow = await findFollow(viewer, id);
  if (!follow) throw notFound();
  return follow;
}
