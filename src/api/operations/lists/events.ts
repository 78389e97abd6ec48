import { z } from 'zod';
import { catchUpOn, heldQuery } from '../../catch-up.ts';
import { ok, operation } from '../../operation.ts';
import { catchUpSchema } from '../../../schemas/list.ts';
import { idParams } from '../../../schemas/shared.ts';

export const listEvents = operation({
  method: 'get',
  path: '/lists/{id}/events',
  tag: 'Lists',
  summary: 'What has happened in a list since a version',
  description:
    'In order and without gaps, so that a program keeps a copy that is exact: ask with the `version` and the `epoch` of the last answer. Begin with those of `GET /lists/{id}`, read before the tasks.',
  scope: 'read',
  params: idParams,
  query: z.strictObject(heldQuery.shape),
  example: { query: { since: '0' } },
  answers: { 200: { description: 'The events, under the list’s id.', schema: catchUpSchema } },
  run: async ({ viewer, params: { id }, query }) => ok(await catchUpOn(viewer.id, id, query)),
});
