import type { Request, Response } from 'express';
import { z } from 'zod';
import { badRequest } from '../lib/http-error.ts';
import { parse } from '../lib/parse.ts';
import { viewerOf } from '../middleware/authenticate.ts';
import { type InboxCursor, inboxPage } from '../models/follow/inbox.ts';
import { limits } from '../shared/limits.ts';
import { cursorIn, nextPage } from './paging.ts';
import { redirectBack } from '../middleware/redirect-back.ts';
import { markAllAsRead, markShownAsRead } from '../models/follow/commands.ts';
import { presentInboxItem } from '../presenters/inbox.ts';
import { shownItems } from '../schemas/follow.ts';
import { cursor } from '../schemas/paging.ts';

const query = z.object({ after: cursor.optional() });

const shownForm = z.strictObject({ shown: shownItems });

/** Everything up to a moment, in milliseconds. */
const untilForm = z.strictObject({
  until: z
    .string('errors.invalid')
    .regex(/^\d{1,15}$/, 'errors.invalid')
    .transform((text) => new Date(Number(text))),
});

/** Pages with a form that marks items as read. */
const READ_FORMS = /^\/(inbox|tasks\/\d+)$/;

/** Followed tasks that other people have changed. */
export async function index(req: Request, res: Response): Promise<void> {
  const parsed = query.safeParse(req.query);
  if (!parsed.success) throw badRequest('errors.cursor');
  const { after } = parsed.data;
  const { items, next } = await inboxPage(viewerOf(res), inboxCursor(after), limits.page);
  res.render('inbox/index', {
    items: items.map((item) => presentInboxItem(item, res.locals)),
    next: nextPage(req, next),
    until: after === undefined ? items[0]?.newsAt.getTime() : undefined,
  });
}

/** Marks as read what the page has shown; what has arrived since stays unread. */
export async function markRead(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  if ('until' in ((req.body ?? {}) as object)) await markAllAsRead(viewer, parse(untilForm, req.body).until);
  else await markShownAsRead(viewer, parse(shownForm, req.body).shown);
  redirectBack(req, res, '/inbox', READ_FORMS);
}

function inboxCursor(after: string | undefined): InboxCursor | null {
  const cursor = cursorIn(after, [{ kind: 'time' }]);
  return cursor && [String(cursor[0]), Number(cursor[1])];
}
