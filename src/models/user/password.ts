import { unitOfWork } from '../../database/transaction.ts';
import { isCommonPassword } from '../../lib/common-passwords.ts';
import { hashPassword, randomPassword, verifyPassword } from '../../lib/password.ts';
import { ValidationError } from '../../lib/errors.ts';
import { limits } from '../../shared/limits.ts';
import { revokeTokens } from '../api-token/commands.ts';
import { recordAudit } from '../audit/commands.ts';
import { destroyAllSessions } from '../session/commands.ts';
import type { User } from './user.ts';

/**
 * Changes the password and ends the user's other sessions and API tokens.
 * @param kept the session or token of this request, and the tokens that the user keeps
 * @throws ValidationError for a wrong current password or a common new one
 */
export async function changePassword(user: User, current: string, next: string, kept: KeptAccess): Promise<void> {
  const checked = await checkCurrentPassword(user, current);
  await checkPassword(next, user, 'newPassword');
  await replacePassword(user, await hashPassword(next), { actorId: user.id, ...kept, checked });
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

/** What goes on after a change of the password. */
export interface KeptAccess {
  keepSid?: string;
  /** Ids of API tokens. */
  keepTokens?: number[];
}

export interface Replacement extends KeptAccess {
  /** Null for the operator. */
  actorId: number | null;
  /** The digest that must still be the user's. */
  checked?: string;
}

/**
 * Changes the password and ends sessions and API tokens in one unit of work, so that none begins in between.
 */
export function replacePassword(
  user: User,
  passwordDigest: string,
  { actorId, keepSid, keepTokens, checked }: Replacement,
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
    await revokeTokens(userId, actorId, keepTokens);
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
