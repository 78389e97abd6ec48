import { z } from 'zod';
import { decodeCursor } from '../../../database/cursor.ts';
import { notFound } from '../../../lib/http-error.ts';
import { addressesFor, nextLink } from '../../address.ts';
import { ok, operation } from '../../operation.ts';
import { presentList } from '../../../presenters/list-resource.ts';
import { listSchema } from '../../../schemas/list.ts';
import { listHeaders, paging } from '../../../schemas/paging.ts';
import { idParams } from '../../../schemas/shared.ts';
import { findSidebar } from '../../../models/list/queries.ts';

export const listLists = operation({
  method: 'get',
  path: '/lists',
  tag: 'Lists',
  summary: 'Your personal list and those of your teams',
  scope: 'read',
  query: z.strictObject(paging),
  answers: { 200: { description: 'The lists, your own first.', schema: z.array(listSchema), headers: listHeaders } },
  async run({ viewer, query: { after, limit, count }, req }) {
    const { lists } = await findSidebar(viewer);
    const [last] = after === undefined ? [] : decodeCursor(after, []);
    const rest = lists.slice(last === undefined ? 0 : lists.findIndex(({ id }) => id === last) + 1);
    const page = rest.slice(0, limit);
    const end = page.at(-1);
    const address = addressesFor(req);
    return ok(
      page.map((list) => presentList(list, viewer, address)),
      {
        ...nextLink(req, end && rest.length > limit ? [end.id] : null),
        ...(count && { 'X-Total-Count': String(lists.length) }),
      },
    );
  },
});

export const readList = operation({
  method: 'get',
  path: '/lists/{id}',
  tag: 'Lists',
  summary: 'Read a list',
  scope: 'read',
  params: idParams,
  answers: { 200: { description: 'The list.', schema: listSchema } },
  async run({ viewer, params: { id }, req }) {
    const { lists } = await findSidebar(viewer);
    const list = lists.find((one) => one.id === id);
    if (!list) throw notFound();
    return ok(presentList(list, viewer, addressesFor(req)));
  },
});
