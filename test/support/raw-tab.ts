import { once } from 'node:events';
import WebSocket from 'ws';
import type { Client } from './client.ts';
import { recorder, type Recorder } from './recorder.ts';

export interface RawTab {
  websocket: WebSocket;
  received: Recorder<string>;
  send(packet: string | Buffer): void;
  /** Resolves when acknowledgement 1 has arrived or the connection has ended. */
  answered(): Promise<void>;
  /** Resolves with the websocket's close code. */
  closed(): Promise<number>;
  terminate(): void;
}

const CLOSED = 'closed';

/** Opens a raw websocket, to send packets that socket.io's client would never send. */
export async function openRawTab({ client }: { client: Client }, { join = true } = {}): Promise<RawTab> {
  const { baseUrl, cookieHeader } = client;
  const websocket = new WebSocket(`${baseUrl.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
    headers: { origin: new URL(baseUrl).origin, cookie: cookieHeader },
  });
  const received = recorder<string>();
  let code = 0;
  websocket.on('message', (data: Buffer) => {
    received.add(data.toString());
  });
  websocket.on('error', () => undefined);
  websocket.on('close', (why) => {
    code = why;
    received.add(CLOSED);
  });
  await once(websocket, 'open');
  await received.until((all) => all.some((packet) => packet.startsWith('0')));
  if (join) {
    websocket.send('40');
    await received.until((all) => all.some((packet) => packet.startsWith('40')));
  }
  return {
    websocket,
    received,
    send: (packet) => {
      websocket.send(packet);
    },
    answered: () => received.until((all) => all.some((packet) => packet === CLOSED || packet.startsWith('431'))),
    closed: async () => {
      await received.until((all) => all.includes(CLOSED), 10_000);
      return code;
    },
    terminate: () => {
      websocket.terminate();
    },
  };
}
