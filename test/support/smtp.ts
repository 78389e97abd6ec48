import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { recorder, type Recorder } from './recorder.ts';

export interface ReceivedMail {
  from: string;
  to: string;
  /** The message as it came. */
  raw: string;
  /** Unfolded headers, by their names in lower case. */
  headers: Record<string, string>;
  text: string;
}

export interface MailServer {
  url: string;
  mails: Recorder<ReceivedMail>;
  /** What it answers to a message for or from this address from now on; null: it takes it. */
  answer(address: string, code: number | null): void;
  /** Ends it; nothing listens at its address until it is opened again. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/** A mail server that takes everything for everybody, unless told otherwise. */
export async function startMailServer(): Promise<MailServer> {
  const mails = recorder<ReceivedMail>();
  const answers = new Map<string, number>();
  const refusalOf = (address: string): Error | null => {
    const code = answers.get(address);
    return code === undefined ? null : Object.assign(new Error('not now, or never'), { responseCode: code });
  };
  const make = (): SMTPServer =>
    new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onMailFrom({ address }, _session, done) {
        done(refusalOf(address));
      },
      onRcptTo({ address }, _session, done) {
        done(refusalOf(address));
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
    server = make();
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
