import { z } from 'zod';
import { notFound } from '../../lib/http-error.ts';
import { ownOrigin } from '../../middleware/security.ts';
import { eventsSince } from '../../models/event/queries.ts';
import { assignableUsers, findSidebar, stillSees } from '../../models/list/queries.ts';
import { presentCatchUp } from '../../presenters/event.ts';
import { presentList } from '../../presenters/list.ts';
import { catchUpSchema } from '../../schemas/event.ts';
import { assignableSchema, catchUpQuery, listSchema } from '../../schemas/list.ts';
import { listHeaders, numberedPaging } from '../../schemas/paging.ts';
import { idParams } from '../../schemas/shared.ts';
import { operation } from '../operation.ts';
import { absoluteUrls, ok, pageOf } from '../response.ts';

const tag = 'Lists';

export const listLists = operation({
  method: 'get',
  path: '/lists',
  tag,
  summary: 'List your personal list and those of your teams',
  description: 'Your personal list comes first.',
  scope: 'read',
  query: z.strictObject(numberedPaging),
  responses: { 200: { description: 'A page of lists.', schema: z.array(listSchema), headers: listHeaders } },
  async run({ viewer, query, req }) {
    const { lists } = await findSidebar(viewer);
    const url = absoluteUrls(req);
    return pageOf(req, lists, query, { idOf: ({ id }) => id, present: (list) => presentList(list, viewer, url) });
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

export const listAssignable = operation({
  method: 'get',
  path: '/lists/{id}/members',
  tag,
  summary: 'List the people to whom the tasks of a list may be assigned',
  description: 'The active members of its team, by name; in a personal list only you.',
  scope: 'read',
  params: idParams,
  query: z.strictObject(numberedPaging),
  responses: { 200: { description: 'A page of people.', schema: z.array(assignableSchema), headers: listHeaders } },
  async run({ viewer, params: { id }, query, req }) {
    if (!(await stillSees(viewer, id))) throw notFound();
    const people = id === viewer.listId ? [viewer] : await assignableUsers(viewer, id);
    return pageOf(req, people, query, { idOf: (one) => one.id, present: ({ id, name }) => ({ id, name }) });
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
