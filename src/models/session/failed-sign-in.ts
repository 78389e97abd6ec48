import { canonicalEmail, emailKey } from '../../lib/email.ts';
import { limits } from '../../shared/limits.ts';
import { recordAudit } from '../audit/commands.ts';
import type { User } from '../user/user.ts';

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
