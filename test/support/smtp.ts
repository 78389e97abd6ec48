import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { recorder, type Recorder } from './recorder.ts';

export interface ReceivedMail {
  from: string;
  to: string;
  /** The raw message. */
  raw: string;
  /** Unfolded headers, by lower-case name. */
  headers: Record<string, string>;
  text: string;
}

export interface MailServer {
  url: string;
  mails: Recorder<ReceivedMail>;
  /** Sets the error code for messages to or from an address; null accepts them again. */
  answer(address: string, code: number | null): void;
  /** Stops listening until `open`. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/** Starts a mail server that accepts all messages except where `answer` sets an error. */
export async function startMailServer(): Promise<MailServer> {
  const mails = recorder<ReceivedMail>();
  const answers = new Map<string, number>();
  const errorFor = (address: string): Error | null => {
    const code = answers.get(address);
    return code === undefined ? null : Object.assign(new Error('rejected by the test'), { responseCode: code });
  };
  const createServer = (): SMTPServer =>
    new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onMailFrom({ address }, _session, done) {
        done(errorFor(address));
      },
      onRcptTo({ address }, _session, done) {
        done(errorFor(address));
      },
      onData(stream, { envelope }, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const from = envelope.mailFrom ? envelope.mailFrom.address : '';
          mails.add({ from, to: envelope.rcptTo[0]?.address ?? '', ...read(Buffer.concat(chunks).toString()) });
          done();
        });
      },
    });
  let server: SMTPServer;
  let port = 0;
  const open = async (): Promise<void> => {
    server = createServer();
    server.on('error', () => undefined);
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    ({ port } = server.server.address() as AddressInfo);
  };
  await open();
  return {
    url: `smtp://127.0.0.1:${String(port)}`,
    mails,
    answer: (address, code) => {
      if (code === null) answers.delete(address);
      else answers.set(address, code);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
    open,
  };
}

function read(raw: string): Pick<ReceivedMail, 'raw' | 'headers' | 'text'> {
  const [head = '', ...body] = raw.split('\r\n\r\n');
  const headers = Object.fromEntries(
    head
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => {
        const [name = '', value = ''] = line.split(/: ?(.*)/s);
        return [name.toLowerCase(), name.toLowerCase() === 'subject' ? decodeWords(value) : value];
      }),
  );
  return { raw, headers, text: decode(body.join('\r\n\r\n'), headers['content-transfer-encoding'] ?? '7bit') };
}

function decode(text: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString();
  if (encoding === 'quoted-printable') return unquote(text.replace(/=\r\n/g, ''));
  return text;
}

/** RFC 2047. */
const decodeWords = (value: string): string =>
  value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_all, kind: string, text: string) =>
      kind.toUpperCase() === 'B' ? Buffer.from(text, 'base64').toString() : unquote(text.replace(/_/g, ' ')),
    );

const unquote = (text: string): string =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString();
