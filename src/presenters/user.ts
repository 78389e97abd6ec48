import { countryName } from '../lib/countries.ts';

interface Account {
  id: number;
  name: string;
  email: string;
  emailConfirmedAt: Date | null;
  admin: boolean;
  locale: string;
  timeZone: string;
  createdAt: Date;
  updatedAt: Date;
}

interface DirectoryEntry extends Account {
  disabled: boolean;
  disabledReason: string | null;
  taskCount: number;
  teams?: { id: number; name: string }[];
  tasks?: { id: number; listId: number; description: string | null; completed: boolean; createdAt: Date }[];
}

/** The fields of an account that administrators see. @param url makes an absolute URL of a path of the API */
export const presentUser = (user: DirectoryEntry, url: (path: string) => string) => ({
  id: user.id,
  url: url(`/users/${String(user.id)}`),
  name: user.name,
  email: user.email,
  emailConfirmed: user.emailConfirmedAt !== null,
  admin: user.admin,
  disabled: user.disabled,
  disabledReason: user.disabledReason,
  locale: user.locale,
  timeZone: user.timeZone,
  taskCount: user.taskCount,
  createdAt: user.createdAt.toISOString(),
  updatedAt: user.updatedAt.toISOString(),
  ...(user.teams && { teams: user.teams.map(({ id, name }) => ({ id, name })) }),
  ...(user.tasks && {
    tasks: user.tasks.map(({ id, listId, description, completed, createdAt }) => ({
      id,
      listId,
      description,
      completed,
      createdAt: createdAt.toISOString(),
    })),
  }),
});

/** The fields of one's own account. */
export const presentMe = (user: Account & { country: string | null }, { listId }: { listId: number }) => ({
  id: user.id,
  name: user.name,
  email: user.email,
  emailConfirmed: user.emailConfirmedAt !== null,
  admin: user.admin,
  listId,
  locale: user.locale,
  timeZone: user.timeZone,
  country: user.country === null ? null : presentCountry(user.country),
  createdAt: user.createdAt.toISOString(),
  updatedAt: user.updatedAt.toISOString(),
});

const presentCountry = (code: string) => ({
  code,
  name: {
    original: countryName(code, 'en'),
    es: countryName(code, 'es'),
    zh: countryName(code, 'zh'),
    ar: countryName(code, 'ar'),
  },
});
