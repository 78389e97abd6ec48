import { z } from 'zod';
import { decodeCursor } from '../../database/cursor.ts';
import { notFound } from '../../lib/http-error.ts';
import { ownOrigin } from '../../middleware/security.ts';
import { eventsSince } from '../../models/event/queries.ts';
import { findSidebar } from '../../models/list/queries.ts';
import { presentCatchUp } from '../../presenters/event.ts';
import { presentList } from '../../presenters/list.ts';
import { catchUpSchema } from '../../schemas/event.ts';
import { catchUpQuery, listSchema } from '../../schemas/list.ts';
import { listHeaders, paging } from '../../schemas/paging.ts';
import { idParams } from '../../schemas/shared.ts';
import { operation } from '../operation.ts';
import { absoluteUrls, nextLink, ok, totalCount } from '../response.ts';

const tag = 'Lists';

export const listLists = operation({
  method: 'get',
  path: '/lists',
  tag,
  summary: 'List your personal list and those of your teams',
  description: 'Your personal list comes first.',
  scope: 'read',
  query: z.strictObject(paging),
  responses: { 200: { description: 'A page of lists.', schema: z.array(listSchema), headers: listHeaders } },
  async run({ viewer, query: { after, limit, count }, req }) {
    const { lists } = await findSidebar(viewer);
    const [last] = after === undefined ? [] : decodeCursor(after, []);
    const rest = lists.slice(last === undefined ? 0 : lists.findIndex(({ id }) => id === last) + 1);
    const page = rest.slice(0, limit);
    const end = page.at(-1);
    const total = await totalCount(count, () => Promise.resolve(lists.length));
    const url = absoluteUrls(req);
    return ok(
      page.map((list) => presentList(list, viewer, url)),
      { ...nextLink(req, end && rest.length > limit ? [end.id] : null), ...total },
    );
  },
});

export const getList = operation({
  method: 'get',
  path: '/lists/{id}',
  tag,
  summary: 'Get a list',
  scope: 'read',
  params: idParams,
  responses: { 200: { description: 'The list.', schema: listSchema } },
  async run({ viewer, params: { id }, req }) {
    const { lists } = await findSidebar(viewer);
    const list = lists.find((one) => one.id === id);
    if (!list) throw notFound();
    return ok(presentList(list, viewer, absoluteUrls(req)));
  },
});

export const listEvents = operation({
  method: 'get',
  path: '/lists/{id}/events',
  tag,
  summary: 'List the changes of a list since a version',
  description:
    'In order and without gaps, to keep an exact copy of a list: send the `version` and `epoch` of ' +
    'the last response. Start with those of `GET /lists/{id}`, read before the tasks.',
  scope: 'read',
  params: idParams,
  query: z.strictObject(catchUpQuery.shape),
  example: { query: { since: '0' } },
  responses: { 200: { description: 'The events, keyed by the id of the list.', schema: catchUpSchema } },
  async run({ viewer, params: { id }, query: { since, epoch }, req }) {
    const held = { [id]: { version: since, epoch } };
    const answer = presentCatchUp(await eventsSince(viewer.id, held), held, ownOrigin(req, req.app.locals.settings));
    if (!answer[id]) throw notFound();
    return ok(answer);
  },
});
