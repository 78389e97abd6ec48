import { notFound } from '../../lib/http-error.ts';
import { Follow } from '../../models/index.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { addressesFor } from '../address.ts';
import { noContent, ok, operation } from '../operation.ts';
import { presentFollow } from '../../presenters/follow.ts';
import { followBody, followSchema, newFollow } from '../../schemas/follow.ts';
import { idParams } from '../../schemas/shared.ts';
import { destroyFollow, followTask, updateFollow } from '../../models/follow/commands.ts';
import { findFollow } from '../../models/follow/queries.ts';

const onOneFollow = { path: '/follows/{id}', tag: 'Follows', params: idParams } as const;

export const writeFollow = operation({
  method: 'post',
  path: '/follows',
  tag: 'Follows',
  summary: 'Follow a task',
  scope: 'write',
  body: newFollow,
  example: { body: { taskId: 12 } },
  answers: {
    200: {
      description: 'You followed it already: the follow as it is.',
      schema: followSchema,
      headers: { Location: 'Where it is.' },
    },
    201: { description: 'The follow.', schema: followSchema, headers: { Location: 'Where it is.' } },
  },
  problems: ['notFound'],
  async run({ viewer, body: { taskId }, req }) {
    const { follow, isNew } = await followTask(viewer, taskId);
    const body = presentFollow(follow, addressesFor(req));
    return { status: isNew ? 201 : 200, body, headers: { Location: body.url } };
  },
});

export const readFollow = operation({
  ...onOneFollow,
  method: 'get',
  summary: 'Read a follow of yours',
  scope: 'read',
  answers: { 200: { description: 'The follow.', schema: followSchema } },
  run: async ({ viewer, params: { id }, req }) => ok(presentFollow(await own(viewer, id), addressesFor(req))),
});

export const putFollow = operation({
  ...onOneFollow,
  method: 'put',
  summary: 'Say that you have read a task, or that you have not',
  scope: 'write',
  body: followBody,
  example: { body: { read: true } },
  answers: { 200: { description: 'The follow as it is now.', schema: followSchema } },
  async run({ viewer, params: { id }, body: { read }, req }) {
    const follow = await own(viewer, id);
    return ok(presentFollow(await updateFollow(follow, viewer, { read }), addressesFor(req)));
  },
});

export const removeFollow = operation({
  ...onOneFollow,
  method: 'delete',
  summary: 'Follow a task no longer',
  scope: 'write',
  answers: { 204: { description: 'You follow it no longer.' } },
  async run({ viewer, params: { id } }) {
    await destroyFollow(await own(viewer, id), viewer);
    return noContent;
  },
});

async function own(viewer: Viewer, id: number): Promise<Follow> {
  const follow = await findFollow(viewer, id);
  if (!follow) throw notFound();
  return follow;
}
