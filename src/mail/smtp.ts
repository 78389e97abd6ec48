import type { Transporter } from 'nodemailer';

export interface Message {
  from: string;
  to: string;
  subject: string;
  text: string;
  /** With its angle brackets. */
  messageId: string;
}

/** `refused`: never to be taken; `later`: this one not now; `away`: the server takes none now. */
export type Delivery = { outcome: 'sent' } | { outcome: 'refused' | 'later' | 'away'; why: string };

/** Milliseconds: a mail server that is slower is tried again. */
const TIMEOUTS = { dnsTimeout: 5_000, connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };
/** Milliseconds for one mail as a whole, as a server that answers bit by bit meets no other limit. Below the time that a stop may take. */
const OVERALL = 15_000;
/** About one message, not about the server or our account on it, unless it is the sender that is refused. */
const OF_THE_MESSAGE = new Set(['EENVELOPE', 'EMESSAGE']);
/** RFC 3463: the sender's address, which many servers look at with the recipient only. */
const OF_THE_SENDER = /^\d{3}[ -][45]\.1\.[78]\b/;

/**
 * Sends mails through an SMTP server, each over a connection of its own. The library is loaded with the first one:
 * it takes some MB, and many installations send none.
 * @param url `smtp://user:password@host:port` or `smtps://…`, with nodemailer's options as its query
 * @param overall milliseconds that one mail may take
 */
export function mailer(url: string, overall = OVERALL): (message: Message) => Promise<Delivery> {
  let transport: Transporter | undefined;
  return async (message) => {
    const { createTransport } = await import('nodemailer');
    transport ??= createTransport({ url, ...TIMEOUTS, disableFileAccess: true, disableUrlAccess: true });
    try {
      await transport.sendMail({ ...message, signal: AbortSignal.timeout(overall) });
      return { outcome: 'sent' };
    } catch (error) {
      return deliveryOf(error);
    }
  };
}

/** What nodemailer says of it. */
interface Refusal {
  code?: string;
  /** What the server was asked. */
  command?: string;
  responseCode?: number;
  message?: string;
  /** The server's own words. */
  response?: string;
}

function deliveryOf(error: unknown): Delivery {
  const { code = '', command = '', responseCode = 0, message = '', response = '' } = error as Refusal;
  const why = (response || message).slice(0, 500);
  if (!OF_THE_MESSAGE.has(code) || command === 'MAIL FROM' || OF_THE_SENDER.test(response))
    return { outcome: 'away', why };
  return { outcome: responseCode >= 400 && responseCode < 500 ? 'later' : 'refused', why };
}
