import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import path from 'node:path';
import { urlOf, type Connection } from '../../src/config/connection.ts';
import { freePort } from './process.ts';

export interface Gate {
  /** The database by way of the gate, for DATABASE_URL. */
  url: string;
  open(): Promise<void>;
  /** Cuts every connection through it and lets no new one in. */
  close(): Promise<void>;
}

/** A way to a database that can be closed: what a network or a stopped server does. Closed at first. */
export async function makeGate(connection: Connection): Promise<Gate> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let server: net.Server | undefined;
  return {
    url: urlOf({ ...connection, host: '127.0.0.1', port }),
    async open() {
      server = net.createServer((client) => { join(client, connection, sockets); }).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async close() {
      if (!server) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      server = undefined;
    },
  };
}

function join(client: Socket, { host, port }: Connection, sockets: Set<Socket>): void {
  const database = host.startsWith('/') ? net.connect(path.join(host, `.s.PGSQL.${String(port)}`)) : net.connect(port, host);
  for (const socket of [client, database]) {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      client.destroy();
      database.destroy();
    });
  }
  client.pipe(database).pipe(client);
}
