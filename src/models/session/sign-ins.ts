/** Where accounts have signed in from, and the record of attempts that failed. */
import { sql } from '../../database/sql.ts';
import { canonicalEmail, emailKey } from '../../lib/email.ts';
import { ipPrefix } from '../../lib/ip-prefix.ts';
import { limits } from '../../shared/limits.ts';
import { recordAudit } from '../audit/commands.ts';
import type { User } from '../user/user.ts';

/**
 * Whether the account of this address, if there is one, has signed in from the network: by the audit log, within a year
 * and its last 500 sign-ins.
 */
export async function hasSignedInFrom(email: string, network: string): Promise<boolean> {
  const rows = await sql<{ address: string }>(SIGNED_IN_FROM, [emailKey(email)]);
  return rows.some(({ address }) => ipPrefix(address) === network);
}

export type SignInFailure = 'unknown' | 'password' | 'disabled' | 'throttled';

/** One statement, whether or not there is an account, so that both take the same time. */
export function recordFailedSignIn(email: string, user: Pick<User, 'id'> | null, reason: SignInFailure): Promise<void> {
  const typed = user ? null : typedEmail(email);
  return recordAudit('sign_in_refused', {
    actorId: null,
    userId: user?.id ?? null,
    details: { reason, ...(typed !== null && { email: typed }) },
  });
}

/** Null unless it is an email address: people type passwords into this field too. */
function typedEmail(typed: string): string | null {
  return typed.length <= limits.email && canonicalEmail(typed) !== null ? emailKey(typed) : null;
}

const SIGNED_IN_FROM = `
  SELECT DISTINCT address FROM (
    SELECT a.address FROM audit_entries a
    WHERE a.user_id = (SELECT id FROM users WHERE fold_text(email, true) = $1) AND a.action = 'signed_in'
    ORDER BY a.created_at DESC LIMIT 500
  ) AS newest WHERE address IS NOT NULL`;
