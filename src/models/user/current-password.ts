import { ValidationError } from '../../lib/errors.ts';
import { verifyPassword } from '../../lib/password.ts';
import { note } from '../audit/record.ts';
import type { User } from './user.ts';

/**
 * What whoever is signed in confirms with their password. A wrong one is kept on record: it may be somebody at
 * another's open tab.
 * @returns the digest that was checked; under the lock of the change it has to be the user's still
 * @throws ValidationError
 */
export async function checkCurrentPassword({ id, passwordDigest }: User, password: string): Promise<string> {
  if (await verifyPassword(password, passwordDigest)) return passwordDigest;
  await note('password_refused', { actorId: id, userId: id, details: { reason: 'password' } });
  throw wrongPassword();
}

export const wrongPassword = (): ValidationError =>
  new ValidationError({ path: 'currentPassword', message: 'errors.passwordWrong' });
