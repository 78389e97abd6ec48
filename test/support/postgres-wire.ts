import net, { type Socket } from 'node:net';
import type { Connection } from '../../src/config/connection.ts';

/** Opens a socket to the database. */
export const connectTo = ({ host, port }: Connection): Socket =>
  host.startsWith('/') ? net.connect({ path: `${host}/.s.PGSQL.${String(port)}` }) : net.connect({ host, port });

/** Splits a backend's stream into messages: one type byte, a four-byte length that excludes the type, and the body. */
export function onMessages(backend: Socket, listener: (type: string, message: Buffer) => void): void {
  let buffered: Buffer = Buffer.alloc(0);
  backend.on('data', (data: Buffer) => {
    buffered = Buffer.concat([buffered, data]);
    while (buffered.length >= 5 && buffered.length > buffered.readInt32BE(1)) {
      const length = buffered.readInt32BE(1) + 1;
      listener(String.fromCharCode(buffered[0]!), buffered.subarray(0, length));
      buffered = buffered.subarray(length);
    }
  });
}
