import type { Request } from 'express';
import { z } from 'zod';
import { decodeCursor, type Cursor } from '../../database/cursor.ts';
import { badRequest } from '../../lib/http-error.ts';
import { cursorParts, dues, sorts, statuses, type TaskFilters } from '../../models/task/list-page.ts';
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
 * @param fixed filters that this list does not take from the query
 * @throws HttpError 400
 */
export function readListQuery(
  req: Request,
  fixed: Partial<TaskFilters> = {},
): { filters: TaskFilters; after: Cursor | null } {
  const result = query.safeParse(req.query);
  if (!result.success) throw badRequest('errors.filter');
  const { after, ...chosen } = result.data;
  const filters = { ...chosen, ...fixed };
  return { filters, after: after === undefined ? null : decodeCursor(after, cursorParts(filters)) };
}

/** Whether anything but the list itself is chosen. */
export const isFiltered = ({ category, assignee, q, due, status, sort }: TaskFilters): boolean =>
  [category, assignee, q, due].some((value) => value !== undefined) || status !== 'open' || sort !== 'newest';

const newQuery = z.object({ list: query.shape.list });

/** The list in which something new is to be created. @throws HttpError 400 */
export function readNewQuery(req: Request): { list?: number | undefined } {
  const result = newQuery.safeParse(req.query);
  if (!result.success) throw badRequest('errors.filter');
  return result.data;
}
