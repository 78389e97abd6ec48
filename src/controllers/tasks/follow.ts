import type { Request, Response } from 'express';
import { viewerOf } from '../../middleware/authenticate.ts';
import { followTask, unfollowTask } from '../../models/follow/commands.ts';

/** Follows the task. */
export async function create(_req: Request, res: Response): Promise<void> {
  const { id } = res.locals.task;
  await followTask(viewerOf(res), id);
  res.redirect(303, `/tasks/${String(id)}`);
}

export async function destroy(_req: Request, res: Response): Promise<void> {
  const { id } = res.locals.task;
  await unfollowTask(viewerOf(res), id);
  res.redirect(303, `/tasks/${String(id)}`);
}
