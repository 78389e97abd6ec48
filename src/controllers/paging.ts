import type { Request } from 'express';
import { decodeCursor, encodeCursor, type Cursor, type CursorPart } from '../database/cursor.ts';

/** The cursor of `?after=`; null on the first page. @throws HttpError 400 */
export const cursorIn = (after: string | undefined, parts: readonly CursorPart[]): Cursor | null =>
  after === undefined ? null : decodeCursor(after, parts);

/**
 * The address of the next page: the same query, after the last row.
 * @param next null on the last page
 */
export function nextPage(req: Request, next: Cursor | null): string | null {
  if (!next) return null;
  const url = new URL(req.originalUrl, 'http://localhost');
  url.searchParams.set('after', encodeCursor(next));
  return url.pathname + url.search;
}
