import { z } from 'zod';
import { decodeCursor } from '../../../database/cursor.ts';
import { notFound } from '../../../lib/http-error.ts';
import { Feed } from '../../../models/index.ts';
import { addressesFor, nextLink } from '../../address.ts';
import { ok, operation } from '../../operation.ts';
import { presentFeed } from '../../../presenters/list-resource.ts';
import { feedSchema } from '../../../schemas/list.ts';
import { listHeaders, paging } from '../../../schemas/paging.ts';
import { idParams } from '../../../schemas/shared.ts';

export const listFeeds = operation({
  method: 'get',
  path: '/feeds',
  tag: 'Feeds',
  summary: 'Your personal feed and those of your teams',
  scope: 'read',
  query: z.strictObject(paging),
  answers: { 200: { description: 'The feeds, your own first.', schema: z.array(feedSchema), headers: listHeaders } },
  async run({ viewer, query: { after, limit, count }, req }) {
    const { feeds } = await Feed.sidebar(viewer);
    const [last] = after === undefined ? [] : decodeCursor(after, []);
    const rest = feeds.slice(last === undefined ? 0 : feeds.findIndex(({ id }) => id === last) + 1);
    const page = rest.slice(0, limit);
    const end = page.at(-1);
    const address = addressesFor(req);
    return ok(
      page.map((feed) => presentFeed(feed, viewer, address)),
      {
        ...nextLink(req, end && rest.length > limit ? [end.id] : null),
        ...(count && { 'X-Total-Count': String(feeds.length) }),
      },
    );
  },
});

export const readFeed = operation({
  method: 'get',
  path: '/feeds/{id}',
  tag: 'Feeds',
  summary: 'Read a feed',
  scope: 'read',
  params: idParams,
  answers: { 200: { description: 'The feed.', schema: feedSchema } },
  async run({ viewer, params: { id }, req }) {
    const { feeds } = await Feed.sidebar(viewer);
    const feed = feeds.find((one) => one.id === id);
    if (!feed) throw notFound();
    return ok(presentFeed(feed, viewer, addressesFor(req)));
  },
});
