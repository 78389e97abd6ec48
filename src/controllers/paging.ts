import type { Request } from 'express';
import { encodeCursor, type Cursor } from '../database/cursor.ts';

/**
 * The address of a list's next page: the same question, after the last row.
 * @param next null on the last page
 */
export function nextPage(req: Request, next: Cursor | null): string | null {
  if (!next) return null;
  const url = new URL(req.originalUrl, 'http://localhost');
  url.searchParams.set('after', encodeCursor(next));
  return url.pathname + url.search;
}
