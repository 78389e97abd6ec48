/** The answer to a change of one task, and the notice that says where the task is now. */
import type { Request, Response } from 'express';
import type { Viewer } from '../../database/visible-lists.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { translateFlash, wantsJson, type Flash } from '../../middleware/page-locals.ts';
import type { Task } from '../../models/index.ts';
import { findListName } from '../../models/list/queries.ts';
import { findTasks } from '../../models/task/list-page.ts';
import { findTaskDetails } from '../../models/task/queries.ts';
import { presentTask } from '../../presenters/task.ts';
import type { TaskChanged } from '../../shared/events.ts';
import { returnPath } from '../../middleware/redirect-back.ts';
import { assignedFilters, isFiltered, readListQuery } from './filters.ts';

type Change = 'added' | 'completed' | 'reopened';

/** Lists of tasks, and a task's own page. */
const FORMS = /^\/(tasks(\/(\d+|mine))?)?$/;
/** Where a new task is added: a list. */
const LISTS = /^\/(tasks(\/mine)?)?$/;

/**
 * Answers the page's script with the task, and a form with a redirect to the page that it stands on. If that page does
 * not show the task now, a notice says where it is.
 */
export async function sendChanged(req: Request, res: Response, task: Task, change: Change): Promise<void> {
  const page = returnPath(req, '/tasks', change === 'added' ? LISTS : FORMS);
  const notice = await noticeFor(res, task, change, page);
  if (wantsJson(req)) {
    const record = await findTaskDetails(viewerOf(res), task.id);
    res.json({
      task: record && presentTask(record),
      notice: notice && translateFlash(notice, res.locals.t),
    } satisfies TaskChanged);
    return;
  }
  if (notice) await res.locals.keepFlash(notice);
  res.redirect(303, page);
}

async function noticeFor(res: Response, task: Task, change: Change, page: string): Promise<Flash | null> {
  const { id, description, listId } = task;
  // A form that is sent again after its task was deleted.
  if (task.deletedAt) return null;
  if (change === 'added' && !task.available)
    return {
      kind: 'notice',
      key: 'tasks.scheduled',
      options: { description },
      link: { href: `/tasks?status=scheduled&list=${String(listId)}`, labelKey: 'tasks.showScheduled' },
    };
  // The change is committed: that it cannot be looked for now (e.g. too many searches) is no reason to fail.
  if (await isShownOn(page, viewerOf(res), task, change).catch(() => true)) return null;
  const action = `/tasks/${String(id)}${change === 'added' ? '' : '/completion'}`;
  return {
    kind: 'notice',
    key: `tasks.elsewhere.${change}`,
    options: { description, list: res.locals.listName(await findListName(listId)) },
    link: { href: `/tasks/${String(id)}`, labelKey: 'tasks.show' },
    undo: { action, method: change === 'reopened' ? 'POST' : 'DELETE', labelKey: 'tasks.undo' },
  };
}

/** Whether the page at this path and query shows the task after the change. */
async function isShownOn(page: string, viewer: Viewer, task: Task, change: Change): Promise<boolean> {
  const { pathname, searchParams } = new URL(page, 'http://localhost');
  const isMine = pathname === '/tasks/mine';
  if (!isMine && pathname !== '/tasks' && pathname !== '/') return true;
  // The plain list starts with the newest, and has a block for what was done today.
  if (!isMine && searchParams.size === 0 && change !== 'reopened') return true;
  const query = Object.fromEntries(searchParams);
  const { filters, after } = readListQuery({ query }, isMine ? assignedFilters(viewer) : {});
  if (!isFiltered(filters) && after === null && change !== 'reopened')
    return filters.list === undefined || filters.list === task.listId;
  return (await findTasks(viewer, filters, after)).tasks.some(({ id }) => id === task.id);
}
