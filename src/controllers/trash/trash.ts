import type { Request, Response } from 'express';
import { presentTask } from '../../presenters/task.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { backTo } from '../redirect-back.ts';
import { nextPage } from '../paging.ts';
import { readListQuery } from '../tasks/filters.ts';
import { purgeTask, restoreTask } from '../../models/task/commands.ts';
import { findTasks } from '../../models/task/list-page.ts';

export async function index(req: Request, res: Response): Promise<void> {
  const { filters, after } = readListQuery(req, { status: 'trash' });
  const page = await findTasks(viewerOf(res), filters, after);
  res.render('trash/index', { tasks: page.tasks.map(presentTask), next: nextPage(req, page.next) });
}

export async function restore(req: Request, res: Response): Promise<void> {
  await restoreTask(res.locals.task, viewerOf(res));
  res.redirect(303, backTo(req, '/trash'));
}

export async function destroy(req: Request, res: Response): Promise<void> {
  await purgeTask(res.locals.task, viewerOf(res));
  res.redirect(303, '/trash');
}
