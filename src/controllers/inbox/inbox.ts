import type { Request, Response } from 'express';
import { z } from 'zod';
import { decodeCursor } from '../../database/cursor.ts';
import { badRequest } from '../../lib/http-error.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import type { InboxCursor } from '../../models/follow/inbox.ts';
import { Follow } from '../../models/index.ts';
import { limits } from '../../shared/limits.ts';
import { cursor } from '../../schemas/paging.ts';
import { nextPage } from '../paging.ts';
import { presentInboxItem } from '../../presenters/inbox.ts';

const query = z.object({ after: cursor.optional() });

/** What the viewer follows and others have changed. */
export async function index(req: Request, res: Response): Promise<void> {
  const asked = query.safeParse(req.query);
  if (!asked.success) throw badRequest('errors.cursor');
  const { items, next } = await Follow.inbox(viewerOf(res), cursorIn(asked.data.after), limits.page);
  res.render('inbox/index', {
    items: items.map((item) => presentInboxItem(item, res.locals)),
    next: nextPage(req, next),
    until: asked.data.after === undefined ? items[0]?.newsAt.getTime() : undefined,
  });
}

function cursorIn(after: string | undefined): InboxCursor | null {
  if (after === undefined) return null;
  const [newsAt, followId] = decodeCursor(after, [{ kind: 'time' }]);
  return [String(newsAt), Number(followId)];
}
