import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { HttpError } from '../lib/http-error.ts';
import { InvalidQueryError } from '../lib/errors.ts';

/** The strong entity tag (RFC 9110 §8.8.3) of a body; of a record with a revision it begins with that. */
export const entityTag = (text: string, revision?: number): string =>
  `"${revision === undefined ? '' : `${String(revision)}-`}${createHash('sha256').update(text).digest('base64url').slice(0, 20)}"`;

/** Whether the client holds this very body (RFC 9110 §13.1.2). */
export function isHeld(req: Request, tag: string): boolean {
  const asked = req.get('if-none-match');
  return (
    asked !== undefined &&
    (asked.trim() === '*' || asked.split(',').some((one) => one.trim().replace(/^W\//, '') === tag))
  );
}

/**
 * The revision that `If-Match` asks for: what the record was included with or who reads it makes no difference.
 * @returns null without one, or for `*` @throws HttpError 412 for a weak tag, InvalidQueryError for what is no tag of ours
 */
export function revisionAsked(req: Request): number | null {
  const asked = req.get('if-match')?.trim();
  if (asked === undefined || asked === '*') return null;
  if (asked.startsWith('W/')) throw new HttpError(412, 'errors.revisionOther');
  const [, revision] = /^"(\d{1,9})(-[\w-]*)?"$/.exec(asked) ?? [];
  if (revision === undefined) throw new InvalidQueryError({ path: 'If-Match', message: 'errors.ifMatch' });
  return Number(revision);
}

/** Of a record without a revision the whole tag has to be the one that `If-Match` names. @throws HttpError 412 */
export function checkMatch(req: Request, tag: string): void {
  const asked = req.get('if-match')?.trim();
  if (asked === undefined || asked === '*' || asked.split(',').some((one) => one.trim() === tag)) return;
  throw new HttpError(412, 'errors.revisionOther');
}
