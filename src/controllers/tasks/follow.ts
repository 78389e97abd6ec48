import type { Request, Response } from 'express';
import { notFound } from '../../lib/http-error.ts';
import { idInPath } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { taskOf } from '../../middleware/load-task.ts';
import { followTask, markAsRead, unfollowTask } from '../../models/follow/commands.ts';
import { addressFrom } from '../../shared/row.ts';
import { redirectBack, TASK_PAGE } from '../../middleware/redirect-back.ts';
import { findVisibleTask } from '../../models/task/queries.ts';

export async function create(req: Request, res: Response): Promise<void> {
  const { id } = taskOf(res);
  await followTask(viewerOf(res), id);
  redirectBack(req, res, `/tasks/${String(id)}`, TASK_PAGE);
}

export async function destroy(req: Request, res: Response): Promise<void> {
  const { id } = taskOf(res);
  await unfollowTask(viewerOf(res), id);
  redirectBack(req, res, `/tasks/${String(id)}`, TASK_PAGE);
}

/** Opens a task from the inbox: marks it as read and redirects to its page, or to the trash. */
export async function markRead(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const task = await findVisibleTask(viewer, idInPath(req.params.id), { inTrash: 'too' });
  if (!task) throw notFound();
  await markAsRead(viewer, task.id);
  res.redirect(303, task.deletedAt === null ? addressFrom(`/tasks/${String(task.id)}`, res.locals.from) : '/trash');
}
