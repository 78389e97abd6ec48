import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import type { Connection } from '../../src/config/connection.ts';
import { connectTo, onMessages } from './postgres-wire.ts';

export interface Terminator {
  /** The database through this proxy. */
  connection: Connection;
  close(): Promise<void>;
}

/** The error that PostgreSQL sends on pg_terminate_backend or shutdown. */
const TERMINATED = errorResponse({
  S: 'FATAL',
  V: 'FATAL',
  C: '57P01',
  M: 'terminating connection due to administrator command',
});

/** A proxy that terminates the first connection as soon as it is ready: both messages arrive in one chunk. */
export async function startTerminator(target: Connection): Promise<Terminator> {
  let first = true;
  const server = net.createServer((client) => {
    const isFirst = first;
    first = false;
    const backend = connectTo(target);
    client.pipe(backend);
    onMessages(backend, (type, message) => {
      if (!isFirst || type !== 'Z') client.write(message);
      else client.end(Buffer.concat([message, TERMINATED]));
    });
    for (const [one, other] of [
      [client, backend],
      [backend, client],
    ] as const)
      one
        .on('error', () => undefined)
        .on('close', () => {
          other.destroy();
        });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    connection: { ...target, host: '127.0.0.1', port: (server.address() as AddressInfo).port, ssl: false },
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
function errorResponse(fields: Record<string, string>): Buffer {
  const body = Buffer.from(
    `${Object.entries(fields)
      .map(([code, text]) => `${code}${text}\0`)
      .join('')}\0`,
  );
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
