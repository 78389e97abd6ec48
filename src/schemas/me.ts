import { z } from 'zod';
import { isCountry } from '../lib/countries.ts';
import { isTimeZone } from '../lib/local-time.ts';
import { limits, locales } from '../shared/limits.ts';
import { reserved, time } from './shared.ts';

const locale = z.enum(locales, 'errors.invalid');

export const meSchema = z
  .object({
    id: z.int(),
    name: z.string(),
    email: z.string(),
    admin: z.boolean(),
    listId: z.int().meta({ description: 'Your personal list.' }),
    locale,
    timeZone: z.string().meta({ example: 'Europe/Madrid' }),
    country: z
      .object({
        code: z.string().meta({ description: 'ISO 3166-1 alpha-2.', example: 'ES' }),
        name: z.object({ original: z.string(), es: z.string(), zh: z.string(), ar: z.string() }),
      })
      .nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Me', description: 'The account whose token this is.' });

const code = z
  .string('errors.countryUnknown')
  .transform((text) => text.trim().toUpperCase())
  .refine(isCountry, 'errors.countryUnknown');
/** As GET gives it, too. */
const country = z
  .union([z.string(), z.looseObject({ code: z.string() })], 'errors.countryUnknown')
  .transform((given) => (typeof given === 'string' ? given : given.code))
  .pipe(code)
  .meta({ description: 'ISO 3166-1 alpha-2.', example: 'ES' });

export const mePatch = z.strictObject({
  name: z
    .string('errors.nameMissing')
    .trim()
    .min(1, 'errors.nameMissing')
    .max(limits.name, 'errors.nameTooLong')
    .refine((text) => !/\p{Cc}/u.test(text), 'errors.invalid')
    .optional(),
  locale: locale.optional(),
  timeZone: z
    .string('errors.timeZoneUnknown')
    .refine(isTimeZone, 'errors.timeZoneUnknown')
    .optional()
    .meta({ description: 'The name of a time zone (IANA).', example: 'Europe/Madrid' }),
  country: country.nullish(),
  ...reserved('id', 'email', 'admin', 'listId', 'createdAt', 'updatedAt'),
});
