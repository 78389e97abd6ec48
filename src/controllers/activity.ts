import type { Request, Response } from 'express';
import { z } from 'zod';
import { LONGEST_CURSOR } from '../database/cursor.ts';
import { badRequest } from '../lib/http-error.ts';
import { recordId } from '../lib/record-id.ts';
import { viewerOf } from '../middleware/authenticate.ts';
import { type ActivityCursor, activityPage } from '../models/event/activity.ts';
import { dayIn } from '../shared/format.ts';
import { limits } from '../shared/limits.ts';
import { blank, cursorIn, nextPage } from './paging.ts';
import { presentEntry } from '../presenters/activity.ts';
import { peopleInTeamsOf } from '../models/team/queries.ts';
const query = z.object({
  list: z.preprocess(blank, recordId.optional()),
  actor: z.preprocess(blank, recordId.optional()),
  task: z.preprocess(blank, recordId.optional()),
  after: z.preprocess(blank, z.string().max(LONGEST_CURSOR).optional()),
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
  const cursor = cursorIn(after, [{ kind: 'time' }, { kind: 'long' }]);
  return cursor && { createdAt: String(cursor[0]), version: Number(cursor[1]), listId: Number(cursor[2]) };
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
