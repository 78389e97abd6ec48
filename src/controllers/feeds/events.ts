import type { Request, Response } from 'express';
import { z } from 'zod';
import { presentCatchUp } from '../../api/presenters/event.ts';
import { badRequest, notFound } from '../../lib/http-error.ts';
import { idInPath } from '../../lib/record-id.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { Event } from '../../models/index.ts';

const query = z.object({
  since: z.string().regex(/^\d{1,16}$/).transform(Number).refine(Number.isSafeInteger),
  epoch: z.string().max(64).optional(),
});

/** The catch-up of one feed for a tab without a socket, with the socket's answer. */
export async function index(req: Request, res: Response): Promise<void> {
  const feedId = idInPath(req.params.id);
  const asked = query.safeParse(req.query);
  if (!asked.success) throw badRequest('errors.since');
  const held = { [feedId]: { version: asked.data.since, epoch: asked.data.epoch } };
  const answer = presentCatchUp(await Event.since(viewerOf(res).id, held), held);
  if (!answer[feedId]) throw notFound();
  res.json(answer);
}
