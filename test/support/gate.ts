import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { urlOf, type Connection } from '../../src/config/connection.ts';
import { connectTo } from './postgres-wire.ts';
import { freePort } from './process.ts';

export interface Gate {
  /** The database's URL through the gate, for DATABASE_URL. */
  url: string;
  open(): Promise<void>;
  /** Closes all connections and accepts no new ones. */
  close(): Promise<void>;
  /** Forwards the next message containing the text, then closes the connection instead of returning the response. Resolves afterwards. */
  loseResponseTo(text: string): Promise<void>;
}

interface Interception {
  text: string;
  lost: () => void;
}

/** A proxy to a database that can be closed, like a failed network or server. Initially closed. */
export async function createGate(connection: Connection): Promise<Gate> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const interceptions = new Set<Interception>();
  let server: net.Server | undefined;
  return {
    url: urlOf({ ...connection, host: '127.0.0.1', port }),
    async open() {
      server = net
        .createServer((client) => {
          relay(client, connection, sockets, interceptions);
        })
        .listen(port, '127.0.0.1');
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
    loseResponseTo: (text) =>
      new Promise((lost) => {
        interceptions.add({ text, lost });
      }),
  };
}

function relay(client: Socket, connection: Connection, sockets: Set<Socket>, interceptions: Set<Interception>): void {
  const database = connectTo(connection);
  for (const socket of [client, database]) {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      client.destroy();
      database.destroy();
    });
  }
  client.on('data', (sent) => {
    const found = [...interceptions].find(({ text }) => sent.includes(text));
    if (!found) return;
    interceptions.delete(found);
    database.unpipe(client);
    database
      .once('data', () => {
        client.destroy();
        found.lost();
      })
      .resume();
  });
  client.pipe(database).pipe(client);
}
