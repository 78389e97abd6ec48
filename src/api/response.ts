import type { Request } from 'express';
import { encodeCursor, type Cursor } from '../database/cursor.ts';
import { ownOrigin } from '../middleware/security.ts';
import type { OperationResponse } from './operation.ts';

export const ok = (body: unknown, headers: Record<string, string> = {}): OperationResponse => ({
  status: 200,
  body,
  headers,
});

export const noContent: OperationResponse = { status: 204 };

/** @returns a function that makes a path below /api/v1 an absolute URL */
export function absoluteUrls(req: Request): (path: string) => string {
  const origin = ownOrigin(req, req.app.locals.settings);
  return (path) => `${origin}${req.baseUrl}${path}`;
}

/** The `Link` to the next page (RFC 8288): the same query, after the last row. @param next null on the last page */
export function nextLink(req: Request, next: Cursor | null): Record<string, string> {
  if (!next) return {};
  const url = new URL(req.originalUrl, ownOrigin(req, req.app.locals.settings));
  url.searchParams.set('after', encodeCursor(next));
  return { Link: `<${url.href}>; rel="next"` };
}

/** @param wanted the `count` of the query */
export async function totalCount(wanted: boolean, count: () => Promise<number>): Promise<Record<string, string>> {
  return wanted ? { 'X-Total-Count': String(await count()) } : {};
}
