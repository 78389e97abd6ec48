import type { Request, Response } from 'express';
import { ownOrigin } from '../../middleware/security.ts';
import { pendingMails } from '../../models/mail/queries.ts';

const LIMIT = 200;

/** Mails that are not sent yet. Their links are shown only without SMTP, for the administrator to pass on. */
export async function index(req: Request, res: Response): Promise<void> {
  const { settings } = req.app.locals;
  const handsOver = settings.smtpUrl === null;
  const mails = await pendingMails(LIMIT);
  res.render('admin/mails', {
    handsOver,
    mails: mails.map((mail) => ({
      recipient: mail.recipient,
      subject: mail.subject,
      until: mail.text === null ? null : mail.expiresAt,
      link: handsOver && mail.link !== null ? ownOrigin(req, settings) + mail.link : null,
      attempts: mail.attempts,
      why: mail.lastError,
    })),
  });
}
