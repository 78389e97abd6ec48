import type { Request, Response } from 'express';
import { presentTask } from '../../presenters/task.ts';
import { notFound } from '../../lib/http-error.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { fillSidebar } from '../../middleware/load-sidebar.ts';
import { typedIn } from '../form-errors.ts';
import { fieldsOf, mergeUnchanged } from './form.ts';
import { peopleFor } from './page.ts';
import type { EditConflictError } from '../../models/task/commands.ts';
import { findTaskDetails } from '../../models/task/queries.ts';

const texts = ['description', 'notes', 'dueOn'] as const;

/** Renders both texts side by side (409) with what was typed kept, for the person to decide. */
export async function showConflict(conflict: EditConflictError, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const record = await findTaskDetails(viewer, conflict.stored.id);
  if (!record) throw notFound();
  const task = presentTask(record);
  const input = mergeUnchanged(typedIn(req.body), fieldsOf(viewer, task));
  const fields = texts
    .map((name) => ({ name, mine: input[name] ?? '', theirs: task[name] ?? '' }))
    .filter(({ mine, theirs }) => mine !== theirs);
  await fillSidebar(res);
  res.status(409).render('tasks/conflict', {
    task,
    input,
    fields,
    errors: {},
    textRevision: task.textRevision,
    people: await peopleFor(res, task.listId),
  });
}
