import { Op, fn } from 'sequelize';
import { translateDatabaseErrors } from '../../database/errors.ts';
import { sql } from '../../database/sql.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { emailKey } from '../../lib/email.ts';
import { NotFoundError, ValidationError } from '../../lib/errors.ts';
import { digestOf, randomToken } from '../../lib/random-token.ts';
import { recordAudit } from '../audit/commands.ts';
import { queueMail, queueNotice, type MailContent } from '../mail/commands.ts';
import { withUserLock } from './commands.ts';
import { EmailChange } from './email-change.ts';
import { checkCurrentPassword, wrongPassword } from './password.ts';
import { findByEmail, findByViewer } from './queries.ts';

const DAY = 24 * 60 * 60 * 1000;

/**
 * Mails a confirmation to the new address. The response is the same for an address that is taken, but no mail is sent.
 * @param email also the viewer's own, to confirm it
 * @throws ValidationError for a wrong password, or the viewer's own address if it is confirmed
 */
export async function requestEmailChange(
  viewer: Viewer,
  email: string,
  password: string,
  write: (secret: string) => MailContent,
): Promise<void> {
  const user = await findByViewer(viewer);
  const checked = await checkCurrentPassword(user, password);
  const isSame = emailKey(email) === emailKey(viewer.email);
  if (isSame && user.emailConfirmedAt) throw new ValidationError({ path: 'email', message: 'errors.emailSame' });
  const taken = !isSame && (await findByEmail(email)) !== null;
  const secret = randomToken();
  const expiresAt = new Date(Date.now() + DAY);
  await withUserLock(viewer, async ({ passwordDigest }) => {
    if (passwordDigest !== checked) throw wrongPassword();
    await sql(UPSERT, [viewer.id, email, digestOf(secret), expiresAt]);
    // 1970: expired by the database's clock too, so that this mail is never sent.
    await queueMail({ ...write(secret), to: email, expiresAt: taken ? new Date(0) : expiresAt });
  });
}

/** The address that the viewer has requested and not confirmed yet. */
export async function pendingEmailChange(viewer: Viewer): Promise<string | null> {
  return (await EmailChange.findOne({ where: { userId: viewer.id, ...unexpired() } }))?.email ?? null;
}

/** The address that the viewer's link confirms. @throws NotFoundError for an unknown, expired or another user's link */
export async function findEmailChangeByToken(viewer: Viewer, secret: string): Promise<string> {
  const where = { userId: viewer.id, digest: digestOf(secret), ...unexpired() };
  return (await EmailChange.findOne({ where, rejectOnEmpty: expired() })).email;
}

/**
 * Confirms or changes the address of the viewer, who must be signed in, and notifies the old one.
 * @throws NotFoundError where the link was used in the meantime, ValidationError where the address is taken by now
 */
export async function confirmEmailChange(
  viewer: Viewer,
  secret: string,
  write: (email: string) => MailContent,
): Promise<void> {
  await translateDatabaseErrors(
    () =>
      withUserLock(viewer, async (user) => {
        const email = await findEmailChangeByToken(viewer, secret);
        await EmailChange.destroy({ where: { userId: viewer.id } });
        if (emailKey(email) === emailKey(user.email)) {
          await user.update({ emailConfirmedAt: new Date() });
          return;
        }
        await queueNotice(user.email, write(email));
        await recordAudit('email_changed', {
          actorId: viewer.id,
          userId: viewer.id,
          details: { from: emailKey(user.email), email: emailKey(email) },
        });
        await user.update({ email, emailConfirmedAt: new Date() });
      }),
    { users_email_key: { path: '', message: 'errors.emailTaken' } },
  );
}

const expired = (): NotFoundError => new NotFoundError('errors.emailChangeOver');

/** By the database's clock. */
const unexpired = () => ({ expiresAt: { [Op.gt]: fn('now') } });

const UPSERT = `
  INSERT INTO email_changes (user_id, email, digest, expires_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, digest = excluded.digest,
  expires_at = excluded.expires_at, created_at = now(), updated_at = now()`;
