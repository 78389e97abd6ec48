import type { Request, Response } from 'express';
import { presentTask } from '../presenters/task.ts';
import { viewerOf } from '../middleware/authenticate.ts';
import { taskOf } from '../middleware/load-task.ts';
import { Task } from '../models/index.ts';
import { redirectBack } from './redirect-back.ts';
import { nextPage } from './paging.ts';
import { readListQuery } from './tasks/filters.ts';

export async function index(req: Request, res: Response): Promise<void> {
  const { filters, after } = readListQuery(req, { status: 'trash' });
  const page = await Task.page(viewerOf(res), filters, after);
  res.render('trash/index', { tasks: page.tasks.map(presentTask), next: nextPage(req, page.next) });
}

export async function restore(req: Request, res: Response): Promise<void> {
  await taskOf(res).putBack(viewerOf(res));
  redirectBack(req, res, '/trash');
}

export async function destroy(_req: Request, res: Response): Promise<void> {
  await taskOf(res).purge(viewerOf(res));
  res.redirect(303, '/trash');
}
