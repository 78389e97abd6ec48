import { preparedSql, sql } from '../../database/sql.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';
import { digestOf } from '../../lib/random-token.ts';
import type { TokenScope } from '../../schemas/token.ts';
import { ApiToken, TOKEN_PREFIX } from './api-token.ts';

/** A token with its viewer, as every API request needs it. */
export interface LoadedToken {
  id: number;
  scopes: TokenScope[];
  viewer: Viewer;
}

/**
 * Token, user and personal list in one prepared statement: every API request makes it. Writes `last_used_at` at most
 * once an hour.
 * @returns null for an unknown or expired token, or a disabled user
 */
export async function loadToken(token: string): Promise<LoadedToken | null> {
  if (!token.startsWith(TOKEN_PREFIX)) return null;
  const [row] = await preparedSql<Viewer & { tokenId: number; scopes: TokenScope[]; stale: boolean }>(LOAD, [
    digestOf(token),
  ]);
  if (!row) return null;
  const { tokenId, scopes, stale, ...viewer } = row;
  if (stale) await sql('UPDATE api_tokens SET last_used_at = now() WHERE id = $1', [tokenId]);
  return { id: tokenId, scopes, viewer: Object.freeze(viewer) };
}

/** The viewer's tokens, newest first. */
export function listTokens(viewer: Viewer): Promise<ApiToken[]> {
  return ApiToken.findAll({
    where: { userId: viewer.id },
    order: [
      ['createdAt', 'DESC'],
      ['id', 'DESC'],
    ],
  });
}

/** @returns null where the viewer has no such token */
export function findToken(viewer: Viewer, id: number): Promise<ApiToken | null> {
  return ApiToken.findOne({ where: { id, userId: viewer.id } });
}

/** The lists that the user of each token may see now; expired tokens are left out. */
export async function visibleListsByToken(tokenIds: number[]): Promise<Map<number, number[]>> {
  const rows = await sql<{ id: number; ids: number[] }>(LISTS, [tokenIds]);
  return new Map(rows.map(({ id, ids }) => [id, ids]));
}

/** Which of these tokens are revoked, expired or of a disabled user. */
export async function endedTokens(ids: number[]): Promise<number[]> {
  const rows = await sql<{ id: number }>(ENDED, [ids]);
  return rows.map(({ id }) => id);
}

const LOAD = `
  SELECT t.id AS "tokenId", t.scopes, coalesce(t.last_used_at <= now() - interval '1 hour', true) AS stale,
    u.id, u.name, u.email, u.admin, u.locale, u.time_zone AS "timeZone", l.id AS "listId"
  FROM api_tokens t JOIN users u ON u.id = t.user_id JOIN lists l ON l.user_id = u.id
  WHERE t.digest = $1 AND coalesce(t.expires_at > now(), true) AND NOT u.disabled`;

const LISTS = `
  SELECT t.id, array(${visibleListIds('u.id')}) AS ids FROM api_tokens t JOIN users u ON u.id = t.user_id
  WHERE t.id = ANY($1::integer[]) AND coalesce(t.expires_at > now(), true) AND NOT u.disabled`;

const ENDED = `
  SELECT asked.id FROM unnest($1::integer[]) AS asked (id)
  LEFT JOIN api_tokens t ON t.id = asked.id LEFT JOIN users u ON u.id = t.user_id
  WHERE t.id IS NULL OR u.disabled OR t.expires_at <= now()`;
