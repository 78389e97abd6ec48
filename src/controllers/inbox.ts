import type { Request, Response } from 'express';
import { z } from 'zod';
import { badRequest } from '../lib/http-error.ts';
import { viewerOf } from '../middleware/authenticate.ts';
import type { InboxCursor } from '../models/inbox.ts';
import { TaskMark } from '../models/index.ts';
import { limits } from '../shared/limits.ts';
import { newsOf } from './inbox/news.ts';

const cursor = z.tuple([z.iso.datetime(), z.int32().positive()]);
const query = z.object({ after: z.string().max(200).optional() });

/** What the viewer follows and others have changed. */
export async function index(req: Request, res: Response): Promise<void> {
  const asked = query.safeParse(req.query);
  if (!asked.success) throw badRequest('errors.cursor');
  const { items, next } = await TaskMark.inbox(viewerOf(res), readCursor(asked.data.after), limits.page);
  res.render('inbox/index', {
    items: items.map((item) => newsOf(item, res.locals)),
    next: next && `/inbox?after=${Buffer.from(JSON.stringify(next)).toString('base64url')}`,
    whole: asked.data.after === undefined && next === null,
  });
}

function readCursor(text: string | undefined): InboxCursor | null {
  if (text === undefined) return null;
  try {
    return cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw badRequest('errors.cursor');
  }
}
