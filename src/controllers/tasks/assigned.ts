import type { Request, Response } from 'express';
import { presentTask } from '../../presenters/task.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import type { TaskPayload } from '../../shared/events.ts';
import { dayIn } from '../../shared/format.ts';
import { nextPage } from '../paging.ts';
import { assignedFilters, readListQuery } from './filters.ts';
import { findTasks } from '../../models/task/list-page.ts';

/** Open tasks assigned to the viewer, of all lists, by due date. */
export async function index(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const { filters, after } = readListQuery(req, assignedFilters(viewer));
  const page = await findTasks(viewer, filters, after);
  const today = dayIn(viewer.timeZone, new Date());
  res.render('tasks/mine', {
    parts: groupByDueDate(page.tasks.map(presentTask), today),
    isFirst: after === null,
    next: nextPage(req, page.next),
  });
}

/** Groups by due date, in the order given. */
function groupByDueDate(tasks: TaskPayload[], today: string): { name: string; tasks: TaskPayload[] }[] {
  const parts = new Map<string, TaskPayload[]>();
  for (const task of tasks) {
    const { dueOn } = task;
    const name = dueOn === null ? 'undated' : dueOn < today ? 'late' : dueOn === today ? 'today' : 'later';
    parts.set(name, [...(parts.get(name) ?? []), task]);
  }
  return [...parts].map(([name, ofPart]) => ({ name, tasks: ofPart }));
}
