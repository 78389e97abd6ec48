import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { Connection } from '../../src/config/connection.ts';
import { connectTo, onMessages } from './postgres-wire.ts';

export interface Pooler {
  /** The database through the pooler. */
  connection: Connection;
  /** Number of client connections so far. */
  connected: number;
  close(): Promise<void>;
}

/**
 * Imitates a connection pooler: reports a made-up backend pid, and in transaction mode forwards notifications only while
 * the client has a query in flight.
 */
export async function startPooler(target: Connection, mode: 'transaction' | 'session'): Promise<Pooler> {
  const sockets = new Set<Socket>();
  const server = net.createServer((client) => {
    pooler.connected += 1;
    const backend = connectTo(target);
    let querying = true;
    client.on('data', () => {
      querying = true;
    });
    client.pipe(backend);
    onMessages(backend, (type, message) => {
      if (type === 'K') message.writeInt32BE(2 ** 31 - 1, 5);
      if (type === 'Z') querying = false;
      if (type !== 'A' || querying || mode === 'session') client.write(message);
    });
    for (const [one, other] of [
      [client, backend],
      [backend, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pooler: Pooler = {
    connection: { ...target, host: '127.0.0.1', port: (server.address() as AddressInfo).port, ssl: false },
    connected: 0,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
  return pooler;
}
