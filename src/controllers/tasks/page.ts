/**
 * Locals of a task's page: the task with its latest activity, whether the viewer follows it, and what they have not
 * read.
 */
import type { Response } from 'express';
import { presentTask } from '../../presenters/task.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import type { TaskRecord } from '../../models/task/record.ts';
import type { PersonPayload } from '../../shared/events.ts';
import { limits } from '../../shared/limits.ts';
import { presentEntry } from '../../presenters/activity.ts';
import { activityPage } from '../../models/event/activity.ts';
import { findInboxItem } from '../../models/follow/inbox.ts';
import { assignableUsers } from '../../models/list/queries.ts';
import { presentInboxItem } from '../../presenters/inbox.ts';

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
