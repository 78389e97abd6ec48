import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, Server } from 'node:net';

/** @param host null for all addresses of this machine @throws the system's error */
export async function listen(server: Server, port: number, host: string | null): Promise<void> {
  server.listen({ port, ...(host && { host }) });
  await once(server, 'listening');
}

/**
 * Stops accepting connections and keeps open ones, also idle ones of an HTTP server, which its own `close` would end.
 */
export function stopListening(server: Server): void {
  Server.prototype.close.call(server);
}

/** A port that is free now. @param host null for all addresses of this machine */
export async function freePort(host: string | null): Promise<number> {
  const server = createServer();
  await listen(server, 0, host);
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/**
 * Keeps the process alive when a connection that asked for an upgrade is reset: Node removes its own error listener
 * from the socket, engine.io adds one only to sockets that it accepts, and an unhandled error event ends the process.
 */
export function ignoreUpgradeErrors(http: HttpServer): void {
  http.on('upgrade', (_request, socket) => {
    socket.on('error', () => {
      socket.destroy();
    });
  });
}
