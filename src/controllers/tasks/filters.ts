import type { Request } from 'express';
import { z } from 'zod';
import type { Cursor } from '../../database/cursor.ts';
import { badRequest } from '../../lib/http-error.ts';
import { recordId } from '../../lib/record-id.ts';
import { cursorParts } from '../../models/task/list-page.ts';
import { limits } from '../../shared/limits.ts';
import { blank, cursorIn } from '../paging.ts';
import { dues, sorts, statuses, type TaskFilters } from '../../models/task/filters.ts';

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
 * @param fixed filters that override the query's
 * @throws HttpError 400 for an unknown value
 */
export function readListQuery(
  req: Request,
  fixed: Partial<TaskFilters> = {},
): { filters: TaskFilters; after: Cursor | null } {
  const result = query.safeParse(req.query);
  if (!result.success) throw badRequest('errors.filter');
  const { after, ...given } = result.data;
  const filters = { ...given, ...fixed };
  return { filters, after: cursorIn(after, cursorParts(filters)) };
}

const newQuery = z.object({ list: z.preprocess(blank, recordId.optional()) });

/** The list that a new task or category is for. @throws HttpError 400 */
export function readNewQuery(req: Request): { list?: number | undefined } {
  const result = newQuery.safeParse(req.query);
  if (!result.success) throw badRequest('errors.filter');
  return result.data;
}
