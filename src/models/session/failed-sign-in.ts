import { z } from 'zod';
import { ValidationError } from '../../lib/errors.ts';
import { limits } from '../../shared/limits.ts';
import { note } from '../audit/record.ts';
import type { User } from '../user/user.ts';

/** The password was right: its person, and nobody else, is told whom to ask. */
export class AccountDisabled extends ValidationError {
  override readonly status = 401;

  constructor() {
    super({ path: '', message: 'errors.accountDisabled' });
  }
}

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
