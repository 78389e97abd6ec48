import { isCommonPassword } from '../../lib/common-passwords.ts';
import { ValidationError } from '../../lib/errors.ts';
import { limits } from '../../shared/limits.ts';

/**
 * Whether somebody may have this password: any characters, spaces at its ends included, only not too few, too
 * many or too easily guessed.
 * @param field where the sentence belongs
 * @throws ValidationError
 */
export function checkPassword(
  password: string,
  { name, email }: { name: string; email: string },
  field = 'password',
): void {
  const { passwordMin, passwordMax } = limits;
  const refuse = (message: string, params?: Record<string, number>): never => {
    throw new ValidationError({ path: field, message, ...(params && { params }) });
  };
  if (password.length < passwordMin) refuse('errors.passwordTooShort', { min: passwordMin });
  if (password.length > passwordMax) refuse('errors.passwordTooLong', { max: passwordMax });
  if (password.includes('\0')) refuse('errors.invalid');
  if (isCommonPassword(password, [name, email])) refuse('errors.passwordCommon');
}
