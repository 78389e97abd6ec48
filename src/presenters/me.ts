import { countryName } from '../lib/countries.ts';

interface Account {
  id: number;
  name: string;
  email: string;
  admin: boolean;
  locale: string;
  timeZone: string;
  country: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The fields of one's own account that leave the house. */
export const presentMe = (
  { id, name, email, admin, locale, timeZone, country, createdAt, updatedAt }: Account,
  { listId }: { listId: number },
) => ({
  id,
  name,
  email,
  admin,
  listId,
  locale,
  timeZone,
  country:
    country === null
      ? null
      : {
          code: country,
          name: {
            original: countryName(country, 'en'),
            es: countryName(country, 'es'),
            zh: countryName(country, 'zh'),
            ar: countryName(country, 'ar'),
          },
        },
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
