import type { Request, Response } from 'express';
import { z } from 'zod';
import { notFound } from '../../lib/http-error.ts';
import { parse, recordId } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import type { Flash } from '../../middleware/page-locals.ts';
import { fillSidebar, sidebarOf } from '../../middleware/load-sidebar.ts';
import { taskOf } from '../../middleware/load-task.ts';
import type { Task } from '../../models/index.ts';
import { type MoveResult, moveTask } from '../../models/task/move.ts';
import { renderFormErrors, typedIn } from '../form-errors.ts';
import { redirectBack, TASK_PAGE } from '../../middleware/redirect-back.ts';
import { taskPage } from './page.ts';
import { findTaskDetails } from '../../models/task/queries.ts';

const moveForm = z.object({ listId: recordId });

/** Moves the task to another list; the flash says which categories and assignee could not move with it. */
export async function update(req: Request, res: Response): Promise<void> {
  const task = taskOf(res);
  const viewer = viewerOf(res);
  try {
    const { listId } = parse(moveForm, req.body);
    const moved = await moveTask(task, viewer, listId);
    await fillSidebar(res);
    await res.locals.keepFlash(movedFlash(task, moved, res));
    redirectBack(req, res, `/tasks/${task.id}`, TASK_PAGE);
  } catch (error) {
    const record = await findTaskDetails(viewer, task.id);
    if (!record) throw notFound();
    await renderFormErrors(error, res, 'tasks/show', { ...(await taskPage(res, record)), input: typedIn(req.body) });
  }
}

function movedFlash(
  { description, listId }: Task,
  { droppedCategories, unassigned }: MoveResult,
  res: Response,
): Flash {
  const { locals } = res;
  const list = locals.listName(sidebarOf(res).lists.find(({ id }) => id === listId)?.name ?? null);
  const categories = new Intl.ListFormat(locals.locale).format(droppedCategories.map((name) => locals.textIn(name)));
  const outcome =
    droppedCategories.length > 0
      ? unassigned
        ? 'withoutBoth'
        : 'withoutCategories'
      : unassigned
        ? 'withoutAssignee'
        : 'done';
  return {
    kind: 'notice',
    key: `tasks.move.${outcome}`,
    options: { description, list, categories, assignee: unassigned?.name ?? '' },
    link: { href: `/tasks?list=${listId}`, labelKey: 'tasks.move.show' },
  };
}
