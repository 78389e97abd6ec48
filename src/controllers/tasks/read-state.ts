import type { Request, Response } from 'express';
import { notFound } from '../../lib/http-error.ts';
import { idInPath } from '../../lib/record-id.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { markAsRead } from '../../models/follow/commands.ts';
import { findVisibleTask } from '../../models/task/queries.ts';

/** Opens a task from the inbox: it is read with that, and the page that comes shows all there is by then. */
export async function create(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const task = await findVisibleTask(viewer, idInPath(req.params.id), { inTrash: 'too' });
  if (!task) throw notFound();
  await markAsRead(viewer, task.id);
  res.redirect(303, task.deletedAt === null ? `/tasks/${String(task.id)}` : '/trash');
}
