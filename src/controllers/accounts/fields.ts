import { z } from 'zod';
import { isTimeZone } from '../../lib/local-time.ts';
import { limits, locales } from '../../shared/limits.ts';

/** Fields of the account forms; `models/user/password-rules.ts` checks new passwords further. */
const line = (missing: string) => z.string(missing).trim().min(1, missing);

export const email = line('errors.emailMissing')
  .max(limits.email, 'errors.emailTooLong')
  .pipe(z.email('errors.emailInvalid'));
export const name = line('errors.nameMissing')
  .max(limits.name, 'errors.nameTooLong')
  .regex(/^\P{Cc}*$/u, 'errors.invalid');
export const newPassword = z
  .string('errors.passwordMissing')
  .min(limits.passwordMin, 'errors.passwordTooShort')
  .max(limits.passwordMax, 'errors.passwordTooLong');
export const password = z.string('errors.passwordMissing').min(1, 'errors.passwordMissing');
export const locale = z.enum(locales, 'errors.invalid');
/** Filled in by the page's script; UTC without it. */
export const timeZone = z
  .string()
  .optional()
  .transform((zone) => (zone && isTimeZone(zone) ? zone : 'UTC'));
