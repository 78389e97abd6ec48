import type { Request, Response } from 'express';
import { presentTask } from '../presenters/task.ts';
import { viewerOf } from '../middleware/authenticate.ts';
import { taskOf } from '../middleware/load-task.ts';
import { redirectBack } from '../middleware/redirect-back.ts';
import { nextPage } from './paging.ts';
import { readListQuery } from './tasks/filters.ts';
import { purgeTask, restoreTask } from '../models/task/commands.ts';
import { findListName } from '../models/list/queries.ts';
import { findTasks } from '../models/task/list-page.ts';

/** The trash, a list with Undo, and the page that says that a task is in the trash. */
const PAGES = /^\/(tasks|tasks\/mine|trash|tasks\/\d+)?$/;

export async function index(req: Request, res: Response): Promise<void> {
  const { filters, after } = readListQuery(req, { status: 'trash' });
  const page = await findTasks(viewerOf(res), filters, after);
  res.render('trash/index', { tasks: page.tasks.map(presentTask), next: nextPage(req, page.next) });
}

export async function restore(req: Request, res: Response): Promise<void> {
  const { id, description, listId } = await restoreTask(taskOf(res), viewerOf(res));
  await res.locals.keepFlash({
    kind: 'notice',
    key: 'tasks.trash.restored',
    options: { description, list: res.locals.listName(await findListName(listId)) },
    link: { href: `/tasks/${String(id)}`, labelKey: 'tasks.show' },
  });
  redirectBack(req, res, '/trash', PAGES);
}

export async function destroy(req: Request, res: Response): Promise<void> {
  await purgeTask(taskOf(res), viewerOf(res));
  redirectBack(req, res, '/trash');
}
