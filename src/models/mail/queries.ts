import { Op } from 'sequelize';
import { sql } from '../../database/sql.ts';
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

/** @returns milliseconds until a mail is to be sent; null if none is waiting */
export async function nextMailAttempt(): Promise<number | null> {
  const [next] = await sql<{ ms: number | null }>(NEXT_ATTEMPT);
  return next?.ms ?? null;
}

const NEXT_ATTEMPT = `
  SELECT (extract(epoch FROM min(greatest(next_attempt_at, claimed_until)) - clock_timestamp()) * 1000)::float8 AS ms
  FROM mails WHERE text IS NOT NULL AND expires_at > greatest(now(), next_attempt_at)`;
