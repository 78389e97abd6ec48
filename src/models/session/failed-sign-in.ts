import { z } from 'zod';
import { limits } from '../../shared/limits.ts';
import { note } from '../audit/record.ts';
import type { User } from '../user/user.ts';

export type SignInRefusal = 'unknown' | 'password' | 'disabled' | 'throttled';

/** Keeps on record that somebody was not let in, as one statement whether or not the account is there. */
export function recordFailedSignIn(email: string, user: Pick<User, 'id'> | null, reason: SignInRefusal): Promise<void> {
  const typed = user ? null : typedEmail(email);
  return note('sign_in_refused', {
    actorId: null,
    userId: user?.id ?? null,
    details: { reason, ...(typed !== null && { email: typed }) },
  });
}

/** What was typed, if it is an email address at all: passwords are typed into this field too. */
function typedEmail(typed: string): string | null {
  const email = z.email().max(limits.email).safeParse(typed.trim().toLowerCase());
  return email.success ? email.data : null;
}
