import type { Request, Response } from 'express';
import { z } from 'zod';
import { decodeCursor } from '../../database/cursor.ts';
import { badRequest } from '../../lib/http-error.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import type { ActivityCursor } from '../../models/event/activity.ts';
import { Event, Team } from '../../models/index.ts';
import { dayIn } from '../../shared/format.ts';
import { limits } from '../../shared/limits.ts';
import { cursor, idParam, pageParam } from '../../schemas/paging.ts';
import { nextPage } from '../paging.ts';
import { presentEntry } from '../../presenters/activity.ts';

const query = z.object({
  list: pageParam(idParam.optional()),
  actor: pageParam(idParam.optional()),
  task: pageParam(idParam.optional()),
  after: pageParam(cursor.optional()),
});

/** What happened in all the viewer's lists, by day, newest first. */
export async function index(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const asked = query.safeParse(req.query);
  if (!asked.success) throw badRequest('errors.filter');
  const { after, ...filters } = asked.data;
  const page = await Event.activity(viewer, filters, cursorIn(after), limits.page);
  res.render('activity/index', {
    filters,
    days: byDay(
      page.entries.map((entry) => presentEntry(entry, res.locals)),
      viewer.timeZone,
    ),
    next: nextPage(req, page.next && [page.next.createdAt, page.next.version, page.next.listId]),
    people: await Team.peopleAround(viewer, filters.actor),
  });
}

function cursorIn(after: string | undefined): ActivityCursor | null {
  if (after === undefined) return null;
  const [createdAt, version, listId] = decodeCursor(after, [{ kind: 'time' }, { kind: 'long' }]);
  return { createdAt: String(createdAt), version: Number(version), listId: Number(listId) };
}

function byDay<Told extends { createdAt: string }>(told: Told[], timeZone: string): { day: string; entries: Told[] }[] {
  const days = new Map<string, Told[]>();
  for (const entry of told) {
    const day = dayIn(timeZone, new Date(entry.createdAt));
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days].map(([day, entries]) => ({ day, entries }));
}
