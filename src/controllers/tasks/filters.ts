import type { Request } from 'express';
import { z } from 'zod';
import type { Cursor } from '../../database/cursor.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { badRequest } from '../../lib/http-error.ts';
import { cursorParts } from '../../models/task/list-page.ts';
import { cursorIn } from '../paging.ts';
import { dues, sorts, statuses, type TaskFilters } from '../../models/task/filters.ts';
import { cursor, idParam, pageParam, searchText } from '../../schemas/paging.ts';

const query = z.object({
  list: pageParam(idParam.optional()),
  category: pageParam(idParam.optional()),
  assignee: pageParam(idParam.optional()),
  status: pageParam(z.enum(statuses).default('open')),
  q: pageParam(searchText.optional()),
  due: pageParam(z.enum(dues).optional()),
  sort: pageParam(z.enum(sorts).default('newest')),
  after: pageParam(cursor.optional()),
});

/**
 * @param fixed filters that override the query's
 * @throws HttpError 400 for an unknown value
 */
export function readListQuery(
  req: Pick<Request, 'query'>,
  fixed: Partial<TaskFilters> = {},
): { filters: TaskFilters; after: Cursor | null } {
  const result = query.safeParse(req.query);
  if (!result.success) throw badRequest('errors.filter');
  const { after, ...given } = result.data;
  const filters = { ...given, ...fixed };
  return { filters, after: cursorIn(after, cursorParts(filters)) };
}

/** Whether anything but the list itself is chosen. */
export const isFiltered = ({ category, assignee, q, due, status, sort }: TaskFilters): boolean =>
  [category, assignee, q, due].some((value) => value !== undefined) || status !== 'open' || sort !== 'newest';

/** What "My tasks" shows, whatever its query. */
export const assignedFilters = ({ id }: Viewer): Partial<TaskFilters> => ({
  assignee: id,
  status: 'open',
  sort: 'due',
  list: undefined,
  category: undefined,
  q: undefined,
  due: undefined,
});

const newQuery = z.object({ list: query.shape.list });

/** The list that a new task or category is for. @throws HttpError 400 */
export function readNewQuery(req: Request): { list?: number | undefined } {
  const result = newQuery.safeParse(req.query);
  if (!result.success) throw badRequest('errors.filter');
  return result.data;
}
