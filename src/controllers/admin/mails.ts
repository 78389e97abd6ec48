import type { Request, Response } from 'express';
import { notFound } from '../../lib/http-error.ts';
import { idInPath } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { ownOrigin } from '../../middleware/security.ts';
import { revealLink } from '../../models/mail/commands.ts';
import { pendingMails } from '../../models/mail/queries.ts';
import { presentMail } from '../../presenters/mail.ts';

const LIMIT = 200;

/** Mails that are not sent yet. The links of those without SMTP are shown on request, to pass on. */
export async function index(req: Request, res: Response): Promise<void> {
  const { settings } = req.app.locals;
  const handsOver = settings.smtpUrl === null;
  const mails = await pendingMails(LIMIT);
  res.render('admin/mails', {
    ...(handsOver && res.locals.takeOnce()),
    handsOver,
    mails: mails.map((mail) => presentMail(mail, { handsOver })),
  });
}

/** Recorded in the audit log, and shown once. */
export async function showLink(req: Request, res: Response): Promise<void> {
  const { settings } = req.app.locals;
  if (settings.smtpUrl !== null) throw notFound();
  const id = idInPath(req.params.id);
  const link = ownOrigin(req, settings) + (await revealLink(id, viewerOf(res)));
  await res.locals.keepOnce('/admin/mails', { shown: { id, link } });
  res.redirect(303, '/admin/mails');
}
