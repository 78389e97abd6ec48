import { unitOfWork } from '../../database/transaction.ts';
import { isCommonPassword } from '../../lib/common-passwords.ts';
import { hashPassword, randomPassword, verifyPassword } from '../../lib/password.ts';
import { ValidationError } from '../../lib/errors.ts';
import { limits } from '../../shared/limits.ts';
import { revokeAllTokens } from '../api-token/commands.ts';
import { recordAudit } from '../audit/commands.ts';
import { destroyAllSessions } from '../session/commands.ts';
import type { User } from './user.ts';

/**
 * Changes the password and ends the user's other sessions.
 * @param keepSid the session of this request
 * @throws ValidationError for a wrong current password or a common new one
 */
export async function changePassword(user: User, current: string, next: string, keepSid: string): Promise<void> {
  const checked = await checkCurrentPassword(user, current);
  await checkPassword(next, user, 'newPassword');
  await replacePassword(user, await hashPassword(next), { actorId: user.id, keepSid, checked });
}

/**
 * For the operator: sets a random password, ends every session and revokes every API token.
 * @returns the password, stored nowhere
 */
export async function resetPassword(user: User): Promise<string> {
  const password = randomPassword();
  await replacePassword(user, await hashPassword(password), { actorId: null });
  return password;
}

export interface Replacement {
  /** Null for the operator. */
  actorId: number | null;
  /** The session that goes on. */
  keepSid?: string;
  /** The digest that must still be the user's. */
  checked?: string;
}

/**
 * Changes the password and ends the sessions in one unit of work, so that none begins in between. A reset, which keeps
 * no session, revokes the API tokens too.
 */
export function replacePassword(
  user: User,
  passwordDigest: string,
  { actorId, keepSid, checked }: Replacement,
): Promise<void> {
  const { id: userId } = user;
  return unitOfWork(actorId, async (transaction) => {
    if (checked !== undefined) await user.reload({ lock: transaction.LOCK.NO_KEY_UPDATE });
    if (checked !== undefined && user.passwordDigest !== checked) throw wrongPassword();
    await user.update({ passwordDigest });
    await recordAudit('password_changed', {
      actorId,
      userId,
      ...(actorId === null && { details: { by: 'operator' } }),
    });
    if (keepSid === undefined) await revokeAllTokens(userId, actorId);
    await destroyAllSessions(userId, 'password_changed', keepSid);
  });
}

/**
 * Any characters are allowed; too short, too long and common passwords are refused.
 * @param field where the error is shown
 * @throws ValidationError
 */
export async function checkPassword(
  password: string,
  { name, email }: { name: string; email: string },
  field = 'password',
): Promise<void> {
  const { passwordMin, passwordMax } = limits;
  const refuse = (message: string, params?: Record<string, number>): never => {
    throw new ValidationError({ path: field, message, ...(params && { params }) });
  };
  if (password.length < passwordMin) refuse('errors.passwordTooShort', { min: passwordMin });
  if (password.length > passwordMax) refuse('errors.passwordTooLong', { max: passwordMax });
  if (password.includes('\0')) refuse('errors.invalid');
  if (await isCommonPassword(password, [name, email])) refuse('errors.passwordCommon');
}

/**
 * Confirms an action of a signed-in user. A wrong password is recorded: it may be somebody at an unattended tab.
 * @returns the digest that was checked; under the lock of the change it must still be the user's
 * @throws ValidationError
 */
export async function checkCurrentPassword({ id, passwordDigest }: User, password: string): Promise<string> {
  if (await verifyPassword(password, passwordDigest)) return passwordDigest;
  await recordAudit('password_refused', { actorId: id, userId: id, details: { reason: 'password' } });
  throw wrongPassword();
}

export const wrongPassword = (): ValidationError =>
  new ValidationError({ path: 'currentPassword', message: 'errors.passwordWrong' });
