import type { Logger } from '../lib/logger.ts';
import { mailer, type Delivery } from './smtp.ts';
import { subscribe } from '../events/index.ts';
import { Mail } from '../models/index.ts';
import { nextMailAttempt, type ClaimedMail } from '../models/mail/mail.ts';
import type { Job } from '../jobs/jobs.ts';

/** A part of the settings. */
export interface MailSettings {
  /** Null: nothing is sent, and administrators hand the links over. */
  smtpUrl: string | null;
  mailFrom: string;
  /** What stands before the links in mails. */
  linkBase: string;
  development: boolean;
}

/**
 * Sends what waits, one mail after the other. Each process may: a mail is its own by a lease, not by a lock that
 * would keep a transaction open for as long as a mail server takes.
 */
export function mailJobs(settings: MailSettings, log: Logger): Job[] {
  const { smtpUrl, development } = settings;
  const tidy: Job = { name: 'mails that are over', firstMs: 60_000, everyMs: 60_000, batch: () => Mail.tidy() };
  if (!smtpUrl && !development) return [tidy];
  const deliver = smtpUrl ? sending(smtpUrl, settings) : showing(settings, log);
  return [
    tidy,
    {
      name: 'mails',
      firstMs: 500,
      everyMs: 60_000,
      // One attempt a second while the mail server takes none.
      pauseMs: 1_000,
      leased: true,
      batch: () => next(deliver),
      nextDue: nextMailAttempt,
      subscribe: (wake) => subscribe('mail_queued', wake),
    },
  ];
}

type Deliver = (mail: ClaimedMail) => Promise<Delivery | { outcome: 'shown' }>;

/** @returns 0 where there is nothing to do, or nobody to do it with now */
async function next(deliver: Deliver): Promise<number> {
  const mail = await Mail.claim();
  if (!mail) return 0;
  const delivery = await deliver(mail);
  if (delivery.outcome === 'sent') await Mail.markSent(mail);
  else if (delivery.outcome === 'shown') await Mail.markDisplayed(mail);
  else if (delivery.outcome === 'refused') await Mail.markRejected(mail, delivery.why);
  else await Mail.markFailed(mail, delivery.why);
  return delivery.outcome === 'away' ? 0 : 1;
}

function sending(smtpUrl: string, { mailFrom, linkBase }: MailSettings): Deliver {
  const send = mailer(smtpUrl);
  const host = /@([\w.-]+)>?\s*$/.exec(mailFrom)?.[1] ?? 'localhost';
  return ({ id, createdAt, recipient, subject, text, link }) =>
    send({
      from: mailFrom,
      to: recipient,
      subject,
      text: link === null ? text : `${text}\n\n${linkBase}${link}\n`,
      // The same at every attempt: a mail server that has taken it already can tell.
      messageId: `<taskwire.${String(id)}.${String(createdAt.getTime())}@${host}>`,
    });
}

/** Only in development: in production whoever reads the log would have the links. */
function showing({ linkBase }: MailSettings, log: Logger): Deliver {
  return ({ recipient, subject, link }) => {
    log.info({ to: recipient, subject, link: link && linkBase + link }, 'a mail, as SMTP_URL is not set');
    return Promise.resolve({ outcome: 'shown' });
  };
}
