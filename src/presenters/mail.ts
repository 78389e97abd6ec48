/** A mail of the queue as administrators see it; never its text. */
interface QueuedMail {
  id: number;
  recipient: string;
  subject: string;
  text: string | null;
  link: string | null;
  attempts: number;
  lastError: string | null;
  expiresAt: Date;
  createdAt: Date;
}

/** @param handsOver whether administrators pass its link on, because no mail is sent */
export const presentMail = (mail: QueuedMail, { handsOver }: { handsOver: boolean }) => ({
  id: mail.id,
  recipient: mail.recipient,
  subject: mail.subject,
  hasLink: handsOver && mail.link !== null,
  attempts: mail.attempts,
  lastError: mail.lastError,
  // Its text is cleared once the mail server rejects it.
  expiresAt: mail.text === null ? null : mail.expiresAt.toISOString(),
  createdAt: mail.createdAt.toISOString(),
});
