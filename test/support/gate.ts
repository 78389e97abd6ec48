import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { urlOf, type Connection } from '../../src/config/connection.ts';
import { connectTo } from './postgres-wire.ts';
import { freePort } from './process.ts';

export interface Gate {
  /** The database by way of the gate, for DATABASE_URL. */
  url: string;
  open(): Promise<void>;
  /** Cuts every connection through it and lets no new one in. */
  close(): Promise<void>;
  /** Lets the next message with this text through and loses its answer: the connection is cut instead. Resolves then. */
  loseAnswerTo(text: string): Promise<void>;
}

interface Armed {
  text: string;
  lost: () => void;
}

/** A way to a database that can be closed: what a network or a stopped server does. Closed at first. */
export async function makeGate(connection: Connection): Promise<Gate> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const armed = new Set<Armed>();
  let server: net.Server | undefined;
  return {
    url: urlOf({ ...connection, host: '127.0.0.1', port }),
    async open() {
      server = net
        .createServer((client) => {
          join(client, connection, sockets, armed);
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
    loseAnswerTo: (text) =>
      new Promise((lost) => {
        armed.add({ text, lost });
      }),
  };
}

function join(client: Socket, connection: Connection, sockets: Set<Socket>, armed: Set<Armed>): void {
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
    const found = [...armed].find(({ text }) => sent.includes(text));
    if (!found) return;
    armed.delete(found);
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
