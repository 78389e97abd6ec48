import { z } from 'zod';
import { isCountry } from '../lib/countries.ts';
import { reserved, time } from './shared.ts';
import { emailConfirmed, locale, personName, timeZone } from './user.ts';

/** The code of a country, in upper or lower case. */
export const countryCode = z
  .string('errors.countryUnknown')
  .transform((text) => text.trim().toUpperCase())
  .refine(isCountry, 'errors.countryUnknown');

export const meSchema = z
  .object({
    id: z.int(),
    name: z.string(),
    email: z.string(),
    emailConfirmed,
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
  .meta({ id: 'Me', description: 'The account that the token belongs to.' });

/** The code alone, or the object that GET returns. */
const country = z
  .union([z.string(), z.looseObject({ code: z.string() })], 'errors.countryUnknown')
  .transform((given) => (typeof given === 'string' ? given : given.code))
  .pipe(countryCode)
  .meta({ description: 'ISO 3166-1 alpha-2.', example: 'ES' });

export const mePut = z.strictObject({
  name: personName,
  locale,
  timeZone: timeZone.meta({ description: 'IANA time zone.', example: 'Europe/Madrid' }),
  country: country.nullish(),
  ...reserved('id', 'email', 'emailConfirmed', 'admin', 'listId', 'createdAt', 'updatedAt'),
});

export const mePatch = mePut.partial();
