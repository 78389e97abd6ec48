import type { Request } from 'express';
import { z } from 'zod';
import { activityPage, type ActivityCursor } from '../../models/event/activity.ts';
import { presentActivity } from '../../presenters/activity.ts';
import { activityQuery, activitySchema } from '../../schemas/activity.ts';
import { listHeaders } from '../../schemas/paging.ts';
import { cursorIn, nextLink, ok } from '../response.ts';
import { operation } from '../operation.ts';

export const listActivity = operation({
  method: 'get',
  path: '/activity',
  tag: 'Activity',
  summary: 'List the changes in your lists, with old and new values',
  description:
    'The newest first. To keep an exact copy of a list, use `GET /lists/{id}/events`, which is in order and ' +
    'without gaps.',
  scope: 'read',
  query: activityQuery,
  example: { query: { limit: '20' } },
  responses: {
    200: {
      description: 'A page of changes.',
      schema: z.array(activitySchema),
      headers: { Link: listHeaders.Link },
    },
  },
  async run({ viewer, query, req }) {
    const { after, limit } = query;
    const filters = {
      list: query['filter[listId]'],
      actor: query['filter[actorId]'],
      task: query['filter[taskId]'],
    };
    const { entries, next } = await activityPage(viewer, filters, activityCursor(req, after), limit);
    return ok(entries.map(presentActivity), nextLink(req, next && [next.createdAt, next.version, next.listId]));
  },
});

function activityCursor(req: Request, after: string | undefined): ActivityCursor | null {
  const values = cursorIn(req, after, [{ kind: 'time' }, { kind: 'long' }]);
  return values && { createdAt: String(values[0]), version: Number(values[1]), listId: Number(values[2]) };
}
