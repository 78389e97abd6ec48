import { z } from 'zod';
import { decodeCursor } from '../../database/cursor.ts';
import { type InboxCursor, inboxPage } from '../../models/follow/inbox.ts';
import { addressesFor, nextLink } from '../address.ts';
import { ok, operation } from '../operation.ts';
import { presentInboxItem } from '../../presenters/follow.ts';
import { listHeaders, paging } from '../../schemas/paging.ts';
import { inboxItemSchema } from '../../schemas/follow.ts';

export const listInbox = operation({
  method: 'get',
  path: '/inbox',
  tag: 'Follows',
  summary: 'What you follow and others have changed since you read it',
  description:
    'To say that you have read one: `PUT /follows/{id}`. Open tabs and programs on the socket hear how many there are as `inbox_updated`.',
  scope: 'read',
  query: z.strictObject({ limit: paging.limit, after: paging.after }),
  example: { query: { limit: '20' } },
  answers: {
    200: {
      description: 'What was news last comes first.',
      schema: z.array(inboxItemSchema),
      headers: { Link: listHeaders.Link },
    },
  },
  async run({ viewer, query: { after, limit }, req }) {
    const { items, next } = await inboxPage(
      viewer,
      after === undefined ? null : (decodeCursor(after, [{ kind: 'time' }]) as InboxCursor),
      limit,
    );
    const address = addressesFor(req);
    return ok(
      items.map((item) => presentInboxItem(item, address)),
      nextLink(req, next),
    );
  },
});
