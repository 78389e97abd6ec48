/** Registration where mail is sent: the account begins when the link mailed to its address is used. */
import { Op, fn } from 'sequelize';
import { sql } from '../../database/sql.ts';
import { unitOfWork } from '../../database/transaction.ts';
import { emailKey } from '../../lib/email.ts';
import { NotFoundError, ValidationError } from '../../lib/errors.ts';
import { hashPassword, verifyPassword } from '../../lib/password.ts';
import { digestOf, randomToken } from '../../lib/random-token.ts';
import { queueMail, type MailContent } from '../mail/commands.ts';
import { checkPassword } from './password.ts';
import { PendingRegistration } from './pending-registration.ts';
import { findByEmail } from './queries.ts';
import {
  checkAdmission,
  checkRegistrationIsOpen,
  createAccount,
  type Registration,
  type RegistrationRules,
} from './registration.ts';
import type { User } from './user.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface RegistrationMails {
  /** With the secret of the link. */
  confirm: (secret: string) => MailContent;
  /** To an address that has an account, in its language. */
  taken: (locale: string) => MailContent;
}

/**
 * Mails a link to the address, or that it has an account already: only its owner learns which. The work is the same.
 * @throws ValidationError for a common password
 */
export async function requestRegistration(
  { name, email, password, locale, timeZone }: Registration,
  { confirm, taken }: RegistrationMails,
): Promise<void> {
  await checkPassword(password, { name, email });
  const passwordDigest = await hashPassword(password);
  const account = await findByEmail(email);
  const secret = randomToken();
  const tomorrow = new Date(Date.now() + DAY_MS);
  // 1970: expired by the database's clock too.
  const expiresAt = account ? new Date(0) : tomorrow;
  await unitOfWork(null, async () => {
    await PendingRegistration.create({
      name,
      email,
      passwordDigest,
      locale,
      timeZone,
      digest: digestOf(secret),
      expiresAt,
    });
    const mail = account ? taken(account.locale) : confirm(secret);
    await queueMail({ ...mail, to: account?.email ?? email, expiresAt: tomorrow });
  });
}

/** @throws NotFoundError for an unknown or expired link */
export function findRegistrationByToken(secret: string): Promise<PendingRegistration> {
  const where = { digest: digestOf(secret), expiresAt: { [Op.gt]: fn('now') } };
  return PendingRegistration.findOne({ where, rejectOnEmpty: expired() });
}

/**
 * Creates the account. The link alone is not enough: whoever owns the mailbox must not confirm an account that somebody
 * else has made with their address, and whose password somebody else knows.
 * @throws ValidationError for another password than that of the registration, or an address that is taken by now
 * @throws NotFoundError where the link was used in the meantime, ForbiddenError where registration was closed
 */
export async function completeRegistration(secret: string, password: string, rules: RegistrationRules): Promise<User> {
  const pending = await findRegistrationByToken(secret);
  if (rules.registration === 'closed') await checkRegistrationIsOpen(rules);
  const { name, email, passwordDigest, locale, timeZone } = pending;
  if (!(await verifyPassword(password, passwordDigest)))
    throw new ValidationError({ path: 'currentPassword', message: 'errors.registrationPassword' });
  return createAccount({ name, email, passwordDigest, locale, timeZone }, async (user) => {
    const used = await sql(USE, [digestOf(secret), emailKey(email)]);
    if (used.length === 0) throw expired();
    // All others are gone meanwhile: as for any first account.
    if (user.admin) checkAdmission(true, undefined, rules);
    await user.update({ emailConfirmedAt: new Date() });
  });
}

/** Deletes expired ones, at most 1,000. @returns how many */
export async function pruneRegistrations(): Promise<number> {
  return (await sql(PRUNE)).length;
}

const expired = (): NotFoundError => new NotFoundError('errors.registrationOver');

/** What else waits for the same address goes too, if the link is still good. */
const USE = `
  DELETE FROM registrations WHERE fold_text(email, true) = $2
  AND EXISTS (SELECT FROM registrations WHERE digest = $1 AND expires_at > now()) RETURNING id`;
const PRUNE = `
  DELETE FROM registrations WHERE id IN (
    SELECT id FROM registrations WHERE expires_at <= now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) RETURNING id`;
