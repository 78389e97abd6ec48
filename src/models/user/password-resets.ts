import { Op, fn } from 'sequelize';
import { sql } from '../../database/sql.ts';
import { unitOfWork } from '../../database/transaction.ts';
import { NotFoundError } from '../../lib/errors.ts';
import { emailKey } from '../../lib/email.ts';
import { hashPassword } from '../../lib/password.ts';
import { digestOf, randomToken } from '../../lib/random-token.ts';
import { recordAudit } from '../audit/commands.ts';
import { queueMail, type MailContent } from '../mail/commands.ts';
import { PasswordReset } from './password-reset.ts';
import { checkPassword, replacePassword } from './password.ts';
import { findByEmail } from './queries.ts';
import { User } from './user.ts';

const MINUTES = 10;

/** Writes the mail with the secret of a link, in the recipient's language; null for an address without an account. */
export type WriteReset = (secret: string, locale: string | null) => MailContent;

/**
 * Mails a link to this address. For an address without an account the same work is done, so that it takes as long: the
 * mail is stored already expired.
 */
export async function requestPasswordReset(email: string, write: WriteReset): Promise<void> {
  const found = await findByEmail(email);
  const user = found?.disabled ? null : found;
  const secret = randomToken();
  // 1970: expired by the database's clock too, so that this mail is never sent.
  const expiresAt = new Date(user ? Date.now() + MINUTES * 60_000 : 0);
  const mail = { ...write(secret, user?.locale ?? null), to: user?.email ?? email, expiresAt };
  await unitOfWork(null, async () => {
    await sql(UPSERT, [user?.id ?? null, digestOf(secret), expiresAt, emailKey(email)]);
    await queueMail(mail);
    await recordAudit('password_reset_asked', {
      actorId: null,
      userId: user?.id ?? null,
      details: { email: emailKey(email) },
    });
  });
}

/** @throws NotFoundError for an unknown or expired link, or a disabled user */
export async function findUserByResetToken(secret: string): Promise<User> {
  const where = { digest: digestOf(secret), expiresAt: { [Op.gt]: fn('now') } };
  const reset = await PasswordReset.findOne({ where, rejectOnEmpty: expired() });
  return User.scope('active').findByPk(reset.userId, { rejectOnEmpty: expired() });
}

/**
 * Sets a new password, ends every session and revokes every API token. Hashing comes before the unit of work, which
 * holds a connection.
 * @throws ValidationError for a common password, NotFoundError where the link was used in the meantime
 */
export async function completePasswordReset(secret: string, password: string): Promise<void> {
  const user = await findUserByResetToken(secret);
  await checkPassword(password, user, 'newPassword');
  const passwordDigest = await hashPassword(password);
  await unitOfWork(user.id, async (transaction) => {
    await user.reload({ lock: transaction.LOCK.NO_KEY_UPDATE });
    const used = await sql(USE, [digestOf(secret)]);
    if (used.length === 0 || user.disabled) throw expired();
    await replacePassword(user, passwordDigest, { actorId: user.id });
    await user.update({ emailConfirmedAt: user.emailConfirmedAt ?? new Date() });
    await recordAudit('password_reset', { actorId: user.id, userId: user.id });
  });
}

const expired = (): NotFoundError => new NotFoundError('errors.resetOver');

/** FOR SHARE: it waits for a transaction that changes the address, so that the old one gets no valid link. */
const UPSERT = `
  INSERT INTO password_resets (user_id, digest, expires_at) SELECT id, $2, $3 FROM users WHERE id = $1
  AND NOT disabled AND fold_text(email, true) = $4 FOR SHARE
  ON CONFLICT (user_id) DO UPDATE SET digest = excluded.digest, expires_at = excluded.expires_at,
  created_at = now(), updated_at = now()`;
const USE = 'DELETE FROM password_resets WHERE digest = $1 AND expires_at > now() RETURNING user_id';
