import type { Request } from 'express';
import { z } from 'zod';
import { decodeCursor, type Cursor } from '../../database/cursor.ts';
import { badRequest } from '../../lib/http-error.ts';
import { recordId } from '../../lib/record-id.ts';
import { cursorParts } from '../../models/task/list-page.ts';
import { limits } from '../../shared/limits.ts';
import { blank } from '../paging.ts';
import { dues, sorts, statuses, type TaskFilters } from '../../models/task/filters.ts';

/** What the list may be asked for. */
const query = z.object({
  list: z.preprocess(blank, recordId.optional()),
  category: z.preprocess(blank, recordId.optional()),
  assignee: z.preprocess(blank, recordId.optional()),
  status: z.preprocess(blank, z.enum(statuses).default('open')),
  q: z.preprocess(blank, z.string().trim().max(limits.search).optional()),
  due: z.preprocess(blank, z.enum(dues).optional()),
  sort: z.preprocess(blank, z.enum(sorts).default('newest')),
  after: z.preprocess(blank, z.string().max(200).optional()),
});

/**
 * @param fixed what this list does not leave to the query
 * @throws HttpError 400 where the query asks for what no list of ours offers
 */
export function readListQuery(
  req: Request,
  fixed: Partial<TaskFilters> = {},
): { filters: TaskFilters; after: Cursor | null } {
  const result = query.safeParse(req.query);
  if (!result.success) throw badRequest('errors.filter');
  const { after, ...asked } = result.data;
  const filters = { ...asked, ...fixed };
  return { filters, after: after === undefined ? null : decodeCursor(after, cursorParts(filters)) };
}

const newQuery = z.object({ list: z.preprocess(blank, recordId.optional()) });

/** For which list something new is asked for. @throws HttpError 400 */
export function readNewQuery(req: Request): { list?: number | undefined } {
  const result = newQuery.safeParse(req.query);
  if (!result.success) throw badRequest('errors.filter');
  return result.data;
}
