import type { Response } from 'express';
import { presentTask } from '../../presenters/task.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { Event, Feed, TaskMark } from '../../models/index.ts';
import type { TaskRecord } from '../../models/task/record.ts';
import type { PersonPayload } from '../../shared/events.ts';
import { limits } from '../../shared/limits.ts';
import { tellDeed } from '../../presenters/activity.ts';
import { newsOf } from '../../presenters/inbox.ts';

/** What the page of a task shows: the task with what happened to it last, whether the viewer follows it, and what they have not read. */
export async function taskPage(res: Response, record: TaskRecord) {
  const viewer = viewerOf(res);
  const [{ deeds, next }, mark] = await Promise.all([
    Event.activity(viewer, { feed: record.feedId, task: record.id }, null, limits.history),
    TaskMark.item(viewer, record.id),
  ]);
  return {
    task: presentTask(record),
    deeds: deeds.map((deed) => ({ ...tellDeed(deed, res.locals), href: null, teamName: null })),
    hasMore: next !== null,
    followed: mark !== null,
    news: mark && !mark.read ? newsOf(mark, res.locals) : null,
  };
}

/** Whom a task of the feed may be assigned to; nobody where the viewer does not see it. */
export const peopleFor = async (res: Response, feedId: number | undefined): Promise<PersonPayload[]> =>
  feedId && Number.isSafeInteger(feedId) && feedId < 2 ** 31 ? Feed.people(viewerOf(res), feedId) : [];
