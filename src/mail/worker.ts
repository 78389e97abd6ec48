import type { Logger } from '../lib/logger.ts';
import { mailer, type Delivery } from './smtp.ts';
import type { ClaimedMail } from '../models/mail/commands.ts';
import type { Job } from '../jobs/jobs.ts';
import { claimMail, markDisplayed, markFailed, markRejected, markSent, purgeExpired } from '../models/mail/commands.ts';

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
  const tidy: Job = { name: 'mails that are over', firstMs: 60_000, everyMs: 60_000, batch: () => purgeExpired() };
  if (!smtpUrl && !development) return [tidy];
  const deliver = smtpUrl ? sending(smtpUrl, settings) : showing(settings, log);
  return [tidy, { name: 'mails', firstMs: 500, everyMs: 1_000, leased: true, batch: () => next(deliver) }];
}

type Deliver = (mail: ClaimedMail) => Promise<Delivery | { outcome: 'shown' }>;

/** @returns 0 where there is nothing to do, or nobody to do it with now */
async function next(deliver: Deliver): Promise<number> {
  const mail = await claimMail();
  if (!mail) return 0;
  const delivery = await deliver(mail);
  if (delivery.outcome === 'sent') await markSent(mail);
  else if (delivery.outcome === 'shown') await markDisplayed(mail);
  else if (delivery.outcome === 'refused') await markRejected(mail, delivery.why);
  else await markFailed(mail, delivery.why);
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
