import { notFound } from '../../lib/http-error.ts';
import { TaskMark } from '../../models/index.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { addressesFor } from '../address.ts';
import { noContent, ok, operation } from '../operation.ts';
import { presentMark } from '../../presenters/follow.ts';
import { markBody, markSchema, newMark } from '../../schemas/follow.ts';
import { idParams } from '../../schemas/shared.ts';

const onOneMark = { path: '/marks/{id}', tag: 'Marks', params: idParams } as const;

export const writeMark = operation({
  method: 'post',
  path: '/marks',
  tag: 'Marks',
  summary: 'Follow a task',
  scope: 'write',
  body: newMark,
  example: { body: { taskId: 12 } },
  answers: {
    200: {
      description: 'You followed it already: the mark as it is.',
      schema: markSchema,
      headers: { Location: 'Where it is.' },
    },
    201: { description: 'The mark.', schema: markSchema, headers: { Location: 'Where it is.' } },
  },
  problems: ['notFound'],
  async run({ viewer, body: { taskId }, req }) {
    const { mark, isNew } = await TaskMark.follow(viewer, taskId);
    const body = presentMark(mark, addressesFor(req));
    return { status: isNew ? 201 : 200, body, headers: { Location: body.url } };
  },
});

export const readMark = operation({
  ...onOneMark,
  method: 'get',
  summary: 'Read a mark of yours',
  scope: 'read',
  answers: { 200: { description: 'The mark.', schema: markSchema } },
  run: async ({ viewer, params: { id }, req }) => ok(presentMark(await own(viewer, id), addressesFor(req))),
});

export const putMark = operation({
  ...onOneMark,
  method: 'put',
  summary: 'Say that you have read a task, or that you have not',
  scope: 'write',
  body: markBody,
  example: { body: { read: true } },
  answers: { 200: { description: 'The mark as it is now.', schema: markSchema } },
  async run({ viewer, params: { id }, body: { read }, req }) {
    const mark = await own(viewer, id);
    return ok(presentMark(await mark.change(viewer, { read }), addressesFor(req)));
  },
});

export const removeMark = operation({
  ...onOneMark,
  method: 'delete',
  summary: 'Follow a task no longer',
  scope: 'write',
  answers: { 204: { description: 'You follow it no longer.' } },
  async run({ viewer, params: { id } }) {
    await (await own(viewer, id)).remove(viewer);
    return noContent;
  },
});

async function own(viewer: Viewer, id: number): Promise<TaskMark> {
  const mark = await TaskMark.owned(viewer, id);
  if (!mark) throw notFound();
  return mark;
}
