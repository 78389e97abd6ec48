import { sql } from '../../database/sql.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { announce } from '../../events/index.ts';
import { emailKey } from '../../lib/email.ts';
import { ForbiddenError, NotFoundError } from '../../lib/errors.ts';
import { recordAudit } from '../audit/commands.ts';
import { findByEmail } from '../user/queries.ts';
import { Mail } from './mail.ts';

export interface NewMail {
  to: string;
  subject: string;
  /** Without the link, which is appended. */
  text: string;
  /**
   * A path of this application, with its secret. The worker puts the configured address before it, never a request's.
   */
  link?: string | null;
  expiresAt: Date;
}

/** What a template writes; the command adds who gets it and how long it is valid. */
export type MailContent = Omit<NewMail, 'to' | 'expiresAt'>;

/** A mail that this worker holds. */
export interface ClaimedMail {
  id: number;
  recipient: string;
  subject: string;
  text: string;
  link: string | null;
  /** Including this one. */
  attempts: number;
  createdAt: Date;
}

/** Called in the unit of work that the mail is about, so that both are stored or neither. */
export async function queueMail({ to, subject, text, link = null, expiresAt }: NewMail): Promise<void> {
  await Mail.create({ recipient: to, subject, text, link, expiresAt });
  afterCommit(() => {
    announce('mail_queued');
  });
}

/** For a mail without a secret, which matters for a few days. Called like `queueMail`. */
export const queueNotice = (to: string, content: MailContent): Promise<void> =>
  queueMail({ ...content, to, expiresAt: new Date(Date.now() + NOTICE_VALID_MS) });

const NOTICE_VALID_MS = 3 * 24 * 60 * 60 * 1000;

/** Leases the mail that is due longest, for two minutes. @returns null where none is due */
export async function claimMail(): Promise<ClaimedMail | null> {
  const [mail] = await sql<ClaimedMail>(CLAIM);
  return mail ?? null;
}

export async function markSent({ id }: ClaimedMail): Promise<void> {
  await sql(`UPDATE mails SET ${CLEARED}, sent_at = now(), last_error = NULL WHERE id = $1`, [id]);
}

/** The mail server refused it permanently. */
export async function markRejected({ id, attempts }: ClaimedMail, error: string): Promise<void> {
  await sql(`UPDATE mails SET ${CLEARED}, last_error = $3 WHERE ${LEASED}`, [id, attempts, error]);
}

/** Retried after 5 s, then after three times as long each time, at most an hour, ±25 %. */
export async function markFailed({ id, attempts }: ClaimedMail, error: string): Promise<void> {
  await sql(FAILED, [id, attempts, error]);
}

/** It was logged instead of sent, and stays on the administrators' page. */
export async function markDisplayed({ id, attempts }: ClaimedMail): Promise<void> {
  await sql(`UPDATE mails SET claimed_until = NULL, next_attempt_at = expires_at WHERE ${LEASED}`, [id, attempts]);
}

/**
 * The link of a mail that waits, for an administrator to pass on. Whoever has it can use it, to reset a password for
 * example, and so the audit log records who took it.
 * @returns its path
 * @throws ForbiddenError where the viewer is no longer an administrator, NotFoundError where the link has expired
 */
export async function revealLink(id: number, viewer: Viewer): Promise<string> {
  return unitOfWork(viewer.id, async () => {
    if ((await sql(ADMINISTRATOR, [viewer.id])).length === 0) throw new ForbiddenError('errors.administratorsOnly');
    const mail = await Mail.findByPk(id, { rejectOnEmpty: new NotFoundError() });
    const { recipient, subject, link, expiresAt } = mail;
    if (link === null || expiresAt <= new Date()) throw new NotFoundError();
    const user = await findByEmail(recipient);
    const details = { email: emailKey(recipient), subject };
    await recordAudit('mail_link_shown', { actorId: viewer.id, userId: user?.id, details });
    return link;
  });
}

/** Clears expired mails and deletes them after a month. @returns how many, at most 1,000 of each */
export async function purgeExpired(): Promise<number> {
  const cleared = await sql(CLEAR);
  const removed = await sql(REMOVE);
  return cleared.length + removed.length;
}

const CLEARED = 'text = NULL, link = NULL, claimed_until = NULL, updated_at = now()';
/** A worker whose lease ran out must not overwrite what the next one records. */
const LEASED = 'id = $1 AND attempts = $2 AND sent_at IS NULL';

const CLAIM = `
  UPDATE mails SET claimed_until = now() + interval '2 minutes', attempts = attempts + 1, updated_at = now()
  WHERE id = (
    SELECT id FROM mails
    WHERE text IS NOT NULL AND next_attempt_at <= now() AND expires_at > now()
    AND coalesce(claimed_until <= now(), true)
    ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED
  ) RETURNING id, recipient, subject, text, link, attempts, created_at AS "createdAt"`;

const FAILED = `
  UPDATE mails SET claimed_until = NULL, last_error = $3, updated_at = now(),
    next_attempt_at = now() + make_interval(secs => least(3600, 5 * power(3, least(attempts, 10) - 1))
      * (0.75 + random() / 2))
  WHERE ${LEASED}`;

const ADMINISTRATOR = 'SELECT id FROM users WHERE id = $1 AND admin AND NOT disabled FOR SHARE';

const CLEAR = `
  UPDATE mails SET ${CLEARED} WHERE id IN (
    SELECT id FROM mails WHERE text IS NOT NULL AND expires_at <= now() ORDER BY next_attempt_at LIMIT 1000
    FOR UPDATE SKIP LOCKED
  ) RETURNING id`;
const REMOVE = `
  DELETE FROM mails WHERE id IN (
    SELECT id FROM mails WHERE created_at <= now() - interval '30 days' AND expires_at <= now()
    ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) RETURNING id`;
