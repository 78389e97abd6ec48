import type { Request, Response } from 'express';
import { badRequest, notFound } from '../lib/http-error.ts';
import { idInPath } from '../lib/parse.ts';
import { viewerOf } from '../middleware/authenticate.ts';
import { ownOrigin } from '../middleware/security.ts';
import { eventsSince } from '../models/event/queries.ts';
import { presentCatchUp } from '../presenters/event.ts';
import { catchUpQuery } from '../schemas/list.ts';

/** Catch-up of one list for tabs without a socket; the same response as over the socket. */
export async function events(req: Request, res: Response): Promise<void> {
  const listId = idInPath(req.params.id);
  const query = catchUpQuery.safeParse(req.query);
  if (!query.success) throw badRequest('errors.since');
  const held = { [listId]: { version: query.data.since, epoch: query.data.epoch } };
  const answer = presentCatchUp(
    await eventsSince(viewerOf(res).id, held),
    held,
    ownOrigin(req, req.app.locals.settings),
  );
  if (!answer[listId]) throw notFound();
  res.json(answer);
}
