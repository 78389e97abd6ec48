import type { Request, Response } from 'express';
import { z } from 'zod';
import { badRequest } from '../lib/http-error.ts';
import { recordId } from '../lib/record-id.ts';
import { viewerOf } from '../middleware/authenticate.ts';
import type { ActivityCursor } from '../models/activity.ts';
import { Event, Team } from '../models/index.ts';
import { dayIn } from '../shared/format.ts';
import { limits } from '../shared/limits.ts';
import { tellDeed } from './activity/telling.ts';

const blank = (value: unknown): unknown => (value === '' ? undefined : value);
const cursor = z.strictObject({ createdAt: z.iso.datetime(), feedId: z.int32().positive(), version: z.int().positive() });
const query = z.object({
  feed: z.preprocess(blank, recordId.optional()),
  actor: z.preprocess(blank, recordId.optional()),
  task: z.preprocess(blank, recordId.optional()),
  after: z.preprocess(blank, z.string().max(300).optional()),
});

/** What happened in all the viewer's feeds, by day, newest first. */
export async function index(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const asked = query.safeParse(req.query);
  if (!asked.success) throw badRequest('errors.filter');
  const { after, ...filters } = asked.data;
  const page = await Event.activity(viewer, filters, readCursor(after), limits.page);
  res.render('activity/index', {
    filters,
    days: byDay(page.deeds.map((deed) => tellDeed(deed, res.locals)), viewer.timeZone),
    next: nextPage(req, page.next),
    people: await Team.peopleAround(viewer),
  });
}

function readCursor(text: string | undefined): ActivityCursor | null {
  if (text === undefined) return null;
  try {
    return cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw badRequest('errors.cursor');
  }
}

function nextPage(req: Request, next: ActivityCursor | null): string | null {
  if (!next) return null;
  const url = new URL(req.originalUrl, 'http://localhost');
  url.searchParams.set('after', Buffer.from(JSON.stringify(next)).toString('base64url'));
  return url.pathname + url.search;
}

function byDay<Told extends { createdAt: string }>(told: Told[], timeZone: string): { day: string; deeds: Told[] }[] {
  const days = new Map<string, Told[]>();
  for (const deed of told) {
    const day = dayIn(timeZone, new Date(deed.createdAt));
    days.set(day, [...(days.get(day) ?? []), deed]);
  }
  return [...days].map(([day, deeds]) => ({ day, deeds }));
}
