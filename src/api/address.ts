import type { Request } from 'express';
import { encodeCursor, type Cursor } from '../database/cursor.ts';
import { ownOrigin } from '../middleware/same-origin.ts';

/** The absolute address of something of the API, by its path below /api/v1. */
export type Address = (path: string) => string;

export const addressesFor = (req: Request): Address => {
  const origin = ownOrigin(req, req.app.locals.settings);
  return (path) => `${origin}${req.baseUrl}${path}`;
};

/** The `Link` of a list that goes on: the same question, after the last row (RFC 8288). */
export function nextLink(req: Request, next: Cursor | null): Record<string, string> {
  if (!next) return {};
  const url = new URL(req.originalUrl, ownOrigin(req, req.app.locals.settings));
  url.searchParams.set('after', encodeCursor(next));
  return { Link: `<${url.href}>; rel="next"` };
}
