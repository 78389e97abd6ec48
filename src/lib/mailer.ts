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

/** Milliseconds: a mail server that is slower is tried again. Far below the time that a stop may take. */
const TIMEOUTS = { dnsTimeout: 5_000, connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };
/** About one message, not about the server or our account on it. */
const OF_THE_MESSAGE = new Set(['EENVELOPE', 'EMESSAGE']);

/**
 * Sends mails through an SMTP server, each over a connection of its own. The library is loaded with the first one:
 * it takes some MB, and many installations send none.
 * @param url `smtp://user:password@host:port` or `smtps://…`, with nodemailer's options as its query
 */
export function mailer(url: string): (message: Message) => Promise<Delivery> {
  let transport: Transporter | undefined;
  return async (message) => {
    const { createTransport } = await import('nodemailer');
    transport ??= createTransport({ url, ...TIMEOUTS, disableFileAccess: true, disableUrlAccess: true });
    try {
      await transport.sendMail(message);
      return { outcome: 'sent' };
    } catch (fault) {
      return deliveryOf(fault);
    }
  };
}

function deliveryOf(fault: unknown): Delivery {
  const { code = '', responseCode = 0, message = '', response = '' } = fault as { code?: string; responseCode?: number; message?: string; response?: string };
  const why = (response || message).slice(0, 500);
  if (!OF_THE_MESSAGE.has(code)) return { outcome: 'away', why };
  return { outcome: responseCode >= 400 && responseCode < 500 ? 'later' : 'refused', why };
}
