import type { Request, Response } from 'express';
import { catchUpOn, heldQuery } from '../api/catch-up.ts';
import { badRequest } from '../lib/http-error.ts';
import { idInPath } from '../lib/record-id.ts';
import { viewerOf } from '../middleware/authenticate.ts';

/** Catch-up of one list for tabs without a socket; the same response as over the socket. */
export async function events(req: Request, res: Response): Promise<void> {
  const listId = idInPath(req.params.id);
  const held = heldQuery.safeParse(req.query);
  if (!held.success) throw badRequest('errors.since');
  res.json(await catchUpOn(viewerOf(res).id, listId, held.data));
}
