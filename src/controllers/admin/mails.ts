import type { Request, Response } from 'express';
import { ownOrigin } from '../../middleware/same-origin.ts';
import { Mail } from '../../models/index.ts';

const SHOWN = 200;

/** Where nothing is mailed the links stand here, under the address that the administrator uses; otherwise they are nobody's but the recipient's. */
export async function index(req: Request, res: Response): Promise<void> {
  const { settings } = req.app.locals;
  const handsOver = settings.smtpUrl === null;
  const mails = await Mail.unsent(SHOWN);
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
