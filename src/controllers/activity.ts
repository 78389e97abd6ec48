import type { Request, Response } from 'express';
import { z } from 'zod';
import { badRequest } from '../lib/http-error.ts';
import { viewerOf } from '../middleware/authenticate.ts';
import { type ActivityCursor, activityPage } from '../models/event/activity.ts';
import { dayIn } from '../shared/format.ts';
import { limits } from '../shared/limits.ts';
import { cursorIn, nextPage } from './paging.ts';
import { presentEntry } from '../presenters/activity.ts';
import { peopleInTeamsOf } from '../models/team/queries.ts';
import { cursor, idParam, pageParam } from '../schemas/paging.ts';

const query = z.object({
  list: pageParam(idParam.optional()),
  actor: pageParam(idParam.optional()),
  task: pageParam(idParam.optional()),
  after: pageParam(cursor.optional()),
});

/** The events of all the viewer's lists by day, newest first. */
export async function index(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const parsed = query.safeParse(req.query);
  if (!parsed.success) throw badRequest('errors.filter');
  const { after, ...filters } = parsed.data;
  const page = await activityPage(viewer, filters, activityCursor(after), limits.page);
  res.render('activity/index', {
    filters,
    days: byDay(
      page.entries.map((entry) => presentEntry(entry, res.locals)),
      viewer.timeZone,
    ),
    next: nextPage(req, page.next && [page.next.createdAt, page.next.version, page.next.listId]),
    people: await peopleInTeamsOf(viewer, filters.actor),
  });
}

function activityCursor(after: string | undefined): ActivityCursor | null {
  const values = cursorIn(after, [{ kind: 'time' }, { kind: 'long' }]);
  return values && { createdAt: String(values[0]), version: Number(values[1]), listId: Number(values[2]) };
}

function byDay<Entry extends { createdAt: string }>(
  entries: Entry[],
  timeZone: string,
): { day: string; entries: Entry[] }[] {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const day = dayIn(timeZone, new Date(entry.createdAt));
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days].map(([day, ofDay]) => ({ day, entries: ofDay }));
}
