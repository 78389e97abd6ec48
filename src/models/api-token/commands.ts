import { randomBytes } from 'node:crypto';
import { sql } from '../../database/sql.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import { announce } from '../../events/index.ts';
import { UnauthorizedError } from '../../lib/errors.ts';
import { digestOf } from '../../lib/random-token.ts';
import { recordAudit } from '../audit/commands.ts';
import { queueNotice, type MailContent } from '../mail/commands.ts';
import type { TokenScope } from '../../schemas/token.ts';
import { ApiToken, TOKEN_PREFIX } from './api-token.ts';

export interface NewToken {
  name: string;
  scopes: TokenScope[];
  expiresAt: Date | null;
  /** The notice to the user's address. */
  notice?: MailContent;
}

/** A password that was checked just before: its digest must still be the user's. */
export interface CheckedPassword {
  passwordDigest: string;
  /** Whether it was given instead of a session. */
  signsIn?: boolean;
}

/** Length of the part of a token that stays readable. */
const SHOWN = TOKEN_PREFIX.length + 6;

/**
 * @param checked the password that the user gave for it
 * @returns the row, and the token itself, which cannot be read again
 * @throws UnauthorizedError where the user was disabled or the password changed in the meantime
 */
export function createToken(
  userId: number,
  { name, scopes, expiresAt, notice }: NewToken,
  checked?: CheckedPassword,
): Promise<{ token: string; row: ApiToken }> {
  const token = TOKEN_PREFIX + randomBytes(32).toString('base64url');
  return unitOfWork(userId, async () => {
    const [owner] = await sql<{ email: string }>(LOCK_OWNER, [userId, checked?.passwordDigest ?? null]);
    if (!owner) throw new UnauthorizedError('errors.signInFailed');
    const row = await ApiToken.create({
      userId,
      name,
      prefix: token.slice(0, SHOWN),
      digest: digestOf(token),
      scopes: [...new Set(scopes)],
      expiresAt,
    });
    if (notice) await queueNotice(owner.email, notice);
    if (checked?.signsIn) await recordAudit('signed_in', { actorId: userId, userId, details: { by: 'api' } });
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
 * Called in the unit of work that ends the user's sessions: whoever had the account before may have made some.
 * @param actorId null for the operator
 * @param keep the ids of those that stay
 */
export async function revokeTokens(userId: number, actorId: number | null, keep: number[] = []): Promise<void> {
  const ended = await sql<{ id: number; name: string }>(REVOKE, [userId, keep]);
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

const REVOKE = 'DELETE FROM api_tokens WHERE user_id = $1 AND id <> ALL ($2::integer[]) RETURNING id, name';

/**
 * It waits for a transaction that disables the user, which deletes only existing tokens. NO KEY UPDATE, as the limit of
 * tokens takes it: two that held SHARE would deadlock.
 */
const LOCK_OWNER = `
  SELECT email FROM users
  WHERE id = $1 AND NOT disabled AND password_digest = coalesce($2, password_digest) FOR NO KEY UPDATE`;
