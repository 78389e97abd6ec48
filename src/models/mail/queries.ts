import { Op } from 'sequelize';
import { Mail } from './mail.ts';

/** Mails that wait, and those rejected in the last month, newest first. */
export function pendingMails(limit: number): Promise<Mail[]> {
  const waiting = { text: { [Op.ne]: null }, expiresAt: { [Op.gt]: new Date() } };
  const rejected = { text: null, sentAt: null, lastError: { [Op.ne]: null } };
  return Mail.findAll({
    where: { [Op.or]: [waiting, rejected] },
    order: [
      ['createdAt', 'DESC'],
      ['id', 'DESC'],
    ],
    limit,
  });
}
