import { randomBytes } from 'node:crypto';
import { sql } from '../../database/sql.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import { announce } from '../../events/index.ts';
import { UnauthorizedError } from '../../lib/errors.ts';
import { digestOf } from '../../lib/random-token.ts';
import { recordAudit } from '../audit/commands.ts';
import type { TokenScope } from '../../schemas/token.ts';
import { ApiToken, TOKEN_PREFIX } from './api-token.ts';

export interface NewToken {
  name: string;
  scopes: TokenScope[];
  expiresAt: Date | null;
}

/** Credentials that were checked just before, instead of a session: the digest must still be the user's. */
export interface CheckedCredentials {
  passwordDigest: string;
}

/** Length of the part of a token that stays readable. */
const SHOWN = TOKEN_PREFIX.length + 6;

/**
 * @param credentials where the token is issued for a password
 * @returns the row, and the token itself, which cannot be read again
 * @throws UnauthorizedError where the user was disabled or the password changed in the meantime
 */
export function createToken(
  userId: number,
  { name, scopes, expiresAt }: NewToken,
  credentials?: CheckedCredentials,
): Promise<{ token: string; row: ApiToken }> {
  const token = TOKEN_PREFIX + randomBytes(32).toString('base64url');
  return unitOfWork(userId, async () => {
    const [owner] = await sql(LOCK_OWNER, [userId, credentials?.passwordDigest ?? null]);
    if (!owner) throw new UnauthorizedError('errors.signInFailed');
    const row = await ApiToken.create({
      userId,
      name,
      prefix: token.slice(0, SHOWN),
      digest: digestOf(token),
      scopes: [...new Set(scopes)],
      expiresAt,
    });
    if (credentials) await recordAudit('signed_in', { actorId: userId, userId, details: { by: 'api' } });
    await recordAudit('token_made', { actorId: userId, userId, details: { name, scopes: row.scopes.join(' ') } });
    return { token, row };
  });
}

/** Deletes the token; the event closes the connections that were opened with it. */
export async function revokeToken(token: ApiToken): Promise<void> {
  const { id, userId, name } = token;
  await unitOfWork(userId, async () => {
    await token.destroy();
    await recordAudit('token_ended', { actorId: userId, userId, details: { name } });
    afterCommit(() => {
      announce('token_ended', { tokenId: id });
    });
  });
}

/**
 * Called in the unit of work of a password reset: whoever had the account before may have made some.
 * @param actorId null for the operator
 */
export async function revokeAllTokens(userId: number, actorId: number | null): Promise<void> {
  const ended = await sql<{ id: number; name: string }>(REVOKE_ALL, [userId]);
  for (const { id, name } of ended) {
    await recordAudit('token_ended', {
      actorId,
      userId,
      details: { name, ...(actorId === null && { by: 'operator' }) },
    });
    afterCommit(() => {
      announce('token_ended', { tokenId: id });
    });
  }
}

const REVOKE_ALL = 'DELETE FROM api_tokens WHERE user_id = $1 RETURNING id, name';

/**
 * FOR SHARE, as for sessions: it waits for a transaction that disables the user, which deletes only existing tokens.
 */
const LOCK_OWNER =
  'SELECT id FROM users WHERE id = $1 AND NOT disabled AND password_digest = coalesce($2, password_digest) FOR SHARE';
