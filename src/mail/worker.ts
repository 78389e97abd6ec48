import type { Logger } from '../lib/logger.ts';
import { mailer, type Delivery } from './smtp.ts';
import { subscribe } from '../events/index.ts';
import {
  type ClaimedMail,
  claimMail,
  markDisplayed,
  markFailed,
  markRejected,
  markSent,
  purgeExpired,
} from '../models/mail/commands.ts';
import { nextMailAttempt } from '../models/mail/queries.ts';
import type { Job } from '../jobs/jobs.ts';

/** From the settings. */
export interface MailSettings {
  /** Null: nothing is sent, and administrators pass the links on. */
  smtpUrl: string | null;
  mailFrom: string;
  /** Put before the paths of links. */
  linkBase: string;
  development: boolean;
}

/**
 * Sends queued mails one after the other, in every process: a mail is claimed by a lease, since a lock would keep a
 * transaction open for as long as the mail server takes.
 */
export function mailJobs(settings: MailSettings, log: Logger): Job[] {
  const { smtpUrl, development } = settings;
  const purge: Job = { name: 'expired mails', firstMs: 60_000, everyMs: 60_000, batch: () => purgeExpired() };
  if (!smtpUrl && !development) return [purge];
  const deliver = smtpUrl ? sendBySmtp(smtpUrl, settings) : logInstead(settings, log);
  return [
    purge,
    {
      name: 'mails',
      firstMs: 500,
      everyMs: 60_000,
      // One attempt a second while the mail server takes none.
      pauseMs: 1_000,
      leased: true,
      batch: () => sendNext(deliver),
      nextDue: nextMailAttempt,
      subscribe: (wake) => subscribe('mail_queued', wake),
    },
  ];
}

type Deliver = (mail: ClaimedMail) => Promise<Delivery | { outcome: 'displayed' }>;

/** @returns 0 where no mail is due or the mail server is unavailable */
async function sendNext(deliver: Deliver): Promise<number> {
  const mail = await claimMail();
  if (!mail) return 0;
  const delivery = await deliver(mail);
  if (delivery.outcome === 'sent') await markSent(mail);
  else if (delivery.outcome === 'displayed') await markDisplayed(mail);
  else if (delivery.outcome === 'rejected') await markRejected(mail, delivery.reason);
  else await markFailed(mail, delivery.reason);
  return delivery.outcome === 'unavailable' ? 0 : 1;
}

function sendBySmtp(smtpUrl: string, { mailFrom, linkBase }: MailSettings): Deliver {
  const send = mailer(smtpUrl);
  const host = /@([\w.-]+)>?\s*$/.exec(mailFrom)?.[1] ?? 'localhost';
  return ({ id, createdAt, recipient, subject, text, link }) =>
    send({
      from: mailFrom,
      to: recipient,
      subject,
      text: link === null ? text : `${text}\n\n${linkBase}${link}\n`,
      // The same for every attempt, so that mail servers recognize duplicates.
      messageId: `<taskwire.${String(id)}.${String(createdAt.getTime())}@${host}>`,
    });
}

/** Only in development: in production anyone who reads the log would have the links. */
function logInstead({ linkBase }: MailSettings, log: Logger): Deliver {
  return ({ recipient, subject, link }) => {
    log.info({ to: recipient, subject, link: link && linkBase + link }, 'mail not sent: SMTP_URL is not set');
    return Promise.resolve({ outcome: 'displayed' });
  };
}
