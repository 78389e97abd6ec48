/**
 * A task's page: its locals, with the latest activity, whether the viewer follows the task and what they have not read;
 * and the page that shows two texts of an edit conflict.
 */
import type { Request, Response } from 'express';
import { notFound } from '../../lib/http-error.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { fillSidebar } from '../../middleware/load-sidebar.ts';
import { activityPage } from '../../models/event/activity.ts';
import { findInboxItem } from '../../models/follow/inbox.ts';
import { assignableUsers } from '../../models/list/queries.ts';
import type { EditConflictError } from '../../models/task/commands.ts';
import { findTaskDetails } from '../../models/task/queries.ts';
import type { TaskRecord } from '../../models/task/record.ts';
import { presentEntry } from '../../presenters/activity.ts';
import { presentInboxItem } from '../../presenters/inbox.ts';
import { presentTask } from '../../presenters/task.ts';
import type { PersonPayload } from '../../shared/events.ts';
import { limits } from '../../shared/limits.ts';
import { typedIn } from '../form-errors.ts';
import { fieldsOf, mergeUnchanged } from './form.ts';

export async function taskPage(res: Response, record: TaskRecord) {
  const viewer = viewerOf(res);
  const [{ entries, next }, follow] = await Promise.all([
    activityPage(viewer, { list: record.listId, task: record.id }, null, limits.history),
    findInboxItem(viewer, record.id),
  ]);
  return {
    task: presentTask(record),
    entries: entries.map((entry) => ({ ...presentEntry(entry, res.locals), href: null, teamName: null })),
    hasMore: next !== null,
    followed: follow !== null,
    inboxItem: follow && !follow.read ? presentInboxItem(follow, res.locals) : null,
  };
}

/** People to whom a task of the list may be assigned; none if the viewer does not see the list. */
export const peopleFor = async (res: Response, listId: number | undefined): Promise<PersonPayload[]> =>
  listId && Number.isSafeInteger(listId) && listId < 2 ** 31 ? assignableUsers(viewerOf(res), listId) : [];

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
