import net, { type Socket } from 'node:net';
import type { Connection } from '../../src/config/connection.ts';

/** Where a client of this database would be connected. */
export const connectTo = ({ host, port }: Connection): Socket =>
  host.startsWith('/') ? net.connect({ path: `${host}/.s.PGSQL.${String(port)}` }) : net.connect({ host, port });

/** A message of the backend is a letter, its length without the letter in four bytes, and the rest. */
export function onMessages(backend: Socket, hear: (type: string, message: Buffer) => void): void {
  let held: Buffer = Buffer.alloc(0);
  backend.on('data', (data: Buffer) => {
    held = Buffer.concat([held, data]);
    while (held.length >= 5 && held.length > held.readInt32BE(1)) {
      const length = held.readInt32BE(1) + 1;
      hear(String.fromCharCode(held[0]!), held.subarray(0, length));
      held = held.subarray(length);
    }
  });
}
