import type { Transporter } from 'nodemailer';

export interface Message {
  from: string;
  to: string;
  subject: string;
  text: string;
  /** With its angle brackets. */
  messageId: string;
}

/** `rejected`: permanently; `deferred`: this mail later; `unavailable`: the server accepts no mail now. */
export type Delivery = { outcome: 'sent' } | { outcome: 'rejected' | 'deferred' | 'unavailable'; reason: string };

/** Milliseconds; a slower mail server counts as unavailable. */
const TIMEOUTS = { dnsTimeout: 5_000, connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };
/**
 * Milliseconds for one mail as a whole: a server that trickles bytes meets no other limit. Below the shutdown timeout.
 */
const TOTAL_TIMEOUT = 15_000;
/** Errors of one message, not of the server or our account, unless the sender is refused. */
const MESSAGE_ERRORS = new Set(['EENVELOPE', 'EMESSAGE']);
/** RFC 3463: the sender's address, which many servers check only with the recipient. */
const SENDER_REFUSED = /^\d{3}[ -][45]\.1\.[78]\b/;

/**
 * Sends each mail over its own SMTP connection. nodemailer is loaded with the first one: it takes some MB, and many
 * installations send none.
 * @param url `smtp://user:password@host:port` or `smtps://…`, with nodemailer's options as its query
 * @param totalTimeout milliseconds that one mail may take
 */
export function mailer(url: string, totalTimeout = TOTAL_TIMEOUT): (message: Message) => Promise<Delivery> {
  let transport: Transporter | undefined;
  return async (message) => {
    const { createTransport } = await import('nodemailer');
    transport ??= createTransport({ url, ...TIMEOUTS, disableFileAccess: true, disableUrlAccess: true });
    try {
      await transport.sendMail({ ...message, signal: AbortSignal.timeout(totalTimeout) });
      return { outcome: 'sent' };
    } catch (error) {
      return deliveryOf(error);
    }
  };
}

/** nodemailer's error. */
interface SmtpError {
  code?: string;
  /** The SMTP command that failed. */
  command?: string;
  responseCode?: number;
  message?: string;
  /** The server's reply. */
  response?: string;
}

function deliveryOf(error: unknown): Delivery {
  const { code = '', command = '', responseCode = 0, message = '', response = '' } = error as SmtpError;
  const reason = (response || message).slice(0, 500);
  if (!MESSAGE_ERRORS.has(code) || command === 'MAIL FROM' || SENDER_REFUSED.test(response))
    return { outcome: 'unavailable', reason };
  return { outcome: responseCode >= 400 && responseCode < 500 ? 'deferred' : 'rejected', reason };
}
