import { hashPassword, randomPassword } from '../../lib/password.ts';
import { note } from '../audit/record.ts';
import { checkCurrentPassword, wrongPassword } from './current-password.ts';
import { checkPassword } from './password-rules.ts';
import { Session } from '../session/session.ts';
import { unitOfWork } from '../../database/transaction.ts';
import type { User } from './user.ts';

/** @throws ValidationError for a wrong current password or a new one that is easily guessed */
export async function changePassword(user: User, current: string, next: string, keepSid: string): Promise<void> {
  const checked = await checkCurrentPassword(user, current);
  checkPassword(next, user, 'newPassword');
  await replaceDigest(user, await hashPassword(next), { actorId: user.id, keepSid, checked });
}

/** @returns the new password, which nobody else knows */
export async function resetPassword(user: User): Promise<string> {
  const password = randomPassword();
  await replaceDigest(user, await hashPassword(password), { actorId: null });
  return password;
}

export interface Replacement {
  /** Null for the operator. */
  actorId: number | null;
  /** The session that goes on. */
  keepSid?: string;
  /** The digest that has to be the user's still. */
  checked?: string;
}

/** Changes the password and ends the sessions together, so that none begins between the two. */
export function replaceDigest(
  user: User,
  passwordDigest: string,
  { actorId, keepSid, checked }: Replacement,
): Promise<void> {
  const { id: userId } = user;
  return unitOfWork(actorId, async (transaction) => {
    if (checked !== undefined) await user.reload({ lock: transaction.LOCK.NO_KEY_UPDATE });
    if (checked !== undefined && user.passwordDigest !== checked) throw wrongPassword();
    await user.update({ passwordDigest });
    await note('password_changed', {
      actorId,
      userId,
      ...(actorId === null && { details: { by: 'operator' } }),
    });
    await Session.endAll(userId, 'password_changed', keepSid);
  });
}
