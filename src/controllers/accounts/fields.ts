export {
  browserTimeZone as timeZone,
  currentPassword as password,
  email,
  locale,
  newPassword,
  personName as name,
} from '../../schemas/user.ts';

/** What was typed in these fields, to show it again; passwords are none of them. */
export function typed<Field extends string>(body: unknown, fields: readonly Field[]): Record<Field, string> {
  const given = (body ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    fields.map((field) => [field, typeof given[field] === 'string' ? given[field] : '']),
  ) as Record<Field, string>;
}
