import { z } from 'zod';
import { isTimeZone } from '../../lib/time-zone.ts';
import { limits, locales } from '../../shared/limits.ts';

/** What people type about themselves; `models/user/password-rules.ts` looks at the passwords more closely. */
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
/** Filled in by the page's script; without it times are shown in UTC. */
export const timeZone = z
  .string()
  .optional()
  .transform((zone) => (zone && isTimeZone(zone) ? zone : 'UTC'));

/** What was typed in these fields, to show it again; passwords are none of them. */
export function typed<Field extends string>(body: unknown, fields: readonly Field[]): Record<Field, string> {
  const given = (body ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    fields.map((field) => [field, typeof given[field] === 'string' ? given[field] : '']),
  ) as Record<Field, string>;
}
