import { sql } from '../../database/sql.ts';
import { unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { hashPassword, matchPassword } from '../../lib/password.ts';
import { AccountDisabledError, ValidationError } from '../../lib/errors.ts';
import { recordFailedSignIn } from '../session/sign-ins.ts';
import { findByEmail, findByViewer } from './queries.ts';
import type { User } from './user.ts';

/** Undefined leaves a field unchanged. */
export interface Profile {
  name?: string | undefined;
  locale?: string | undefined;
  /** IANA name. */
  timeZone?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  country?: string | null | undefined;
}

/** A unit of work on the viewer's account, locked. @throws NotFoundError where it was deleted in the meantime */
export function withUserLock<T>(viewer: Viewer, work: (user: User) => Promise<T>): Promise<T> {
  return unitOfWork(viewer.id, async (transaction) =>
    work(await findByViewer(viewer, { lock: transaction.LOCK.NO_KEY_UPDATE })),
  );
}

/**
 * The user with this email address and password, or null. An unknown address takes as long as a wrong password.
 * @throws AccountDisabledError for the right password of a disabled user
 */
export async function authenticate(email: string, password: string): Promise<User | null> {
  const user = await findByEmail(email);
  const match = await matchPassword(password, user?.passwordDigest ?? null);
  const right = match !== null;
  if (user && right && !user.disabled) return match === 'outdated' ? withNewDigest(user, password) : user;
  await recordFailedSignIn(email, user, right ? 'disabled' : user ? 'password' : 'unknown');
  if (right) throw new AccountDisabledError();
  return null;
}

/** The user with a digest of the same password made anew, unless the password has been changed meanwhile. */
async function withNewDigest(user: User, password: string): Promise<User> {
  const passwordDigest = await hashPassword(password);
  await unitOfWork(user.id, () =>
    sql('UPDATE users SET password_digest = $3 WHERE id = $1 AND password_digest = $2 RETURNING id', [
      user.id,
      user.passwordDigest,
      passwordDigest,
    ]),
  );
  return user.set({ passwordDigest });
}

/** @throws ValidationError for a time zone that PostgreSQL does not know */
export async function updateProfile(user: User, { timeZone, ...changes }: Profile): Promise<User> {
  if (timeZone === undefined) return user.update(changes);
  const spelled = await storedTimeZone(timeZone);
  if (spelled === null) throw new ValidationError({ path: 'timeZone', message: 'errors.timeZoneUnknown' });
  return user.update({ ...changes, timeZone: spelled });
}

/** By the name in lower case, as PostgreSQL spells them: it knows some six hundred. */
let timeZones: Promise<Map<string, string>> | undefined;

/**
 * Intl and PostgreSQL know `europe/MADRID` as well: stored as typed, there would be millions of spellings of each, and
 * a formatter for each of them.
 * @returns the time zone as PostgreSQL spells it, null where it knows none of this name
 */
export async function storedTimeZone(typed: string): Promise<string | null> {
  timeZones ??= sql<{ name: string }>('SELECT name FROM pg_timezone_names').then(
    (rows) => new Map(rows.map(({ name }) => [name.toLowerCase(), name])),
  );
  try {
    return (await timeZones).get(typed.toLowerCase()) ?? null;
  } catch (error) {
    timeZones = undefined;
    throw error;
  }
}
