/** What responses are made of, and the entity tags by which clients say which one they have. */
import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { decodeCursor, encodeCursor, InvalidCursorError, type Cursor, type CursorPart } from '../database/cursor.ts';
import { InvalidQueryError } from '../lib/errors.ts';
import { HttpError } from '../lib/http-error.ts';
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

/** Parameters on which neither the order of a collection nor what is in it depends. */
const SHAPE = ['after', 'limit', 'count', 'select', 'include', 'teams', 'tasks'];

/**
 * Where the previous page of this query ended; null on the first page.
 * @throws InvalidCursorError for a cursor of another path, order or filter
 */
export function cursorIn(req: Request, after: string | undefined, parts: readonly CursorPart[]): Cursor | null {
  if (after === undefined) return null;
  const [cursor = '', digest] = after.split('.');
  if (digest !== queryDigest(req)) throw new InvalidCursorError();
  return decodeCursor(cursor, parts);
}

function queryDigest(req: Request): string {
  const query = Object.entries(req.query).filter(([name]) => !SHAPE.includes(name));
  const text = JSON.stringify([req.path, ...query.sort(([one], [other]) => (one < other ? -1 : 1))]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 8);
}

/** The `Link` to the next page (RFC 8288): the same query, after the last row. @param next null on the last page */
export function nextLink(req: Request, next: Cursor | null): Record<string, string> {
  if (!next) return {};
  const url = new URL(req.originalUrl, ownOrigin(req, req.app.locals.settings));
  url.searchParams.set('after', `${encodeCursor(next)}.${queryDigest(req)}`);
  return { Link: `<${url.href}>; rel="next"` };
}

/** The query of a collection with a total. */
export interface PageQuery {
  after?: string | undefined;
  limit: number;
  count: boolean;
  page?: number | undefined;
  perPage?: number | undefined;
}

/** @returns the size of a page and, where it is asked for by its number, how many rows come before it */
export function windowOf({ limit, after, page, perPage }: PageQuery): { size: number; offset: number | null } {
  if (page === undefined && perPage === undefined) return { size: limit, offset: null };
  if (after !== undefined)
    throw new InvalidQueryError({ path: 'after', message: 'errors.invalid', rule: { code: 'pageOrCursor' } });
  const size = perPage ?? limit;
  return { size, offset: ((page ?? 1) - 1) * size };
}

/** `Link` and, where it is asked for, the total. @param next null on the last page */
export async function pageHeaders(
  req: Request,
  query: PageQuery,
  next: Cursor | null,
  count: () => Promise<number>,
): Promise<Record<string, string>> {
  const { size, offset } = windowOf(query);
  if (offset === null)
    return { ...nextLink(req, next), ...(query.count && { 'X-Total-Count': String(await count()) }) };
  const total = await count();
  const [page, last] = [offset / size + 1, Math.max(1, Math.ceil(total / size))];
  const links = Object.entries({ first: 1, prev: page - 1, next: page + 1, last }).filter(
    ([, number]) => number >= 1 && number <= last,
  );
  const url = new URL(req.originalUrl, ownOrigin(req, req.app.locals.settings));
  const link = links.map(([rel, number]) => {
    url.searchParams.set('page', String(number));
    return `<${url.href}>; rel="${rel}"`;
  });
  return { Link: link.join(', '), 'X-Total-Count': String(total) };
}

/**
 * A page of rows that are all read at once, because there are few.
 * @param rows in their order; each has an id of its own
 */
export async function pageOf<Row>(
  req: Request,
  rows: readonly Row[],
  query: PageQuery,
  { idOf, present }: { idOf: (row: Row) => number; present: (row: Row) => unknown },
): Promise<OperationResponse> {
  const { size, offset } = windowOf(query);
  const [last] = cursorIn(req, query.after, []) ?? [];
  const start = offset ?? (last === undefined ? 0 : rows.findIndex((row) => idOf(row) === last) + 1);
  const page = rows.slice(start, start + size);
  const end = page.at(-1);
  const next: Cursor | null = end && rows.length > start + size ? [idOf(end)] : null;
  return ok(page.map(present), await pageHeaders(req, query, next, () => Promise.resolve(rows.length)));
}

/** The strong entity tag (RFC 9110 §8.8.3) of a body; that of a record with a revision begins with it. */
export function entityTag(text: string, revision?: number): string {
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 20);
  return revision === undefined ? `"${digest}"` : `"${String(revision)}-${digest}"`;
}

/** Whether `If-None-Match` holds, so that the client already has this body (RFC 9110 §13.1.2). */
export function matchesIfNoneMatch(req: Request, tag: string): boolean {
  const header = req.get('if-none-match');
  return (
    header !== undefined &&
    (header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag))
  );
}

/**
 * The revision in `If-Match`. The rest of the tag is ignored: it depends on what was included and on who reads.
 * @returns null without the header, or for `*`
 * @throws HttpError 412 for a weak tag, InvalidQueryError for a tag of another kind
 */
export function requiredRevision(req: Request): number | null {
  const header = req.get('if-match')?.trim();
  if (header === undefined || header === '*') return null;
  if (header.startsWith('W/')) throw new HttpError(412, 'errors.revisionOther');
  const [, revision] = /^"(\d{1,9})(-[\w-]*)?"$/.exec(header) ?? [];
  if (revision === undefined) throw new InvalidQueryError({ path: 'If-Match', message: 'errors.ifMatch' });
  return Number(revision);
}

/** For records without a revision: compares whole tags. @throws HttpError 412 */
export function checkIfMatch(req: Request, tag: string): void {
  const header = req.get('if-match')?.trim();
  if (header === undefined || header === '*' || header.split(',').some((one) => one.trim() === tag)) return;
  throw new HttpError(412, 'errors.revisionOther');
}
