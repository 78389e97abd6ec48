import type { Request, Response } from 'express';
import { z } from 'zod';
import { badRequest, notFound } from '../lib/http-error.ts';
import { recordId } from '../lib/parse.ts';
import { streamResponse } from '../lib/stream-response.ts';
import { viewerOf } from '../middleware/authenticate.ts';
import { exportList } from '../models/list/list-export.ts';
import { exportFile, exportFormats } from '../transfer/export.ts';

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
  const contents = await exportList(viewer, listId ?? viewer.listId, { trash: trash === 'on' });
  if (!contents) throw notFound();
  const { headers, text } = exportFile(contents, format);
  await streamResponse(res.set(headers), text);
}
