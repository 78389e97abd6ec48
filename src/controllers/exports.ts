import type { Request, Response } from 'express';
import { z } from 'zod';
import { exportFormats, exportOf } from '../transfer/export/write.ts';
import { badRequest, notFound } from '../lib/http-error.ts';
import { recordId } from '../lib/record-id.ts';
import { streamResponse } from '../lib/stream-response.ts';
import { viewerOf } from '../middleware/authenticate.ts';
import { List } from '../models/index.ts';

const query = z.object({
  listId: recordId.optional(),
  format: z.enum(exportFormats).default('json'),
  trash: z.literal('on').optional(),
});

/** Streams a list as a file while it is read from the database. */
export async function show(req: Request, res: Response): Promise<void> {
  const parsed = query.safeParse(req.query);
  if (!parsed.success) throw badRequest();
  const viewer = viewerOf(res);
  const { listId, format, trash } = parsed.data;
  const contents = await List.contents(viewer, listId ?? viewer.listId, { trash: trash === 'on' });
  if (!contents) throw notFound();
  const { headers, text } = exportOf(contents, format);
  await streamResponse(res.set(headers), text);
}
