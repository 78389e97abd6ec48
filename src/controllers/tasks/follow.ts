import type { Request, Response } from 'express';
import { viewerOf } from '../../middleware/authenticate.ts';
import { Follow } from '../../models/index.ts';

/** Follows the task. */
export async function create(_req: Request, res: Response): Promise<void> {
  const { id } = res.locals.task;
  await Follow.follow(viewerOf(res), id);
  res.redirect(303, `/tasks/${String(id)}`);
}

export async function destroy(_req: Request, res: Response): Promise<void> {
  const { id } = res.locals.task;
  await Follow.unfollow(viewerOf(res), id);
  res.redirect(303, `/tasks/${String(id)}`);
}
