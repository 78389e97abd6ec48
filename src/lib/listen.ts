import { once } from 'node:events';
import { createServer, Server } from 'node:net';

/** @param host null: every address of this machine @throws the system's error */
export async function listen(server: Server, port: number, host: string | null): Promise<void> {
  server.listen({ port, ...(host && { host }) });
  await once(server, 'listening');
}

/** Takes no new connections; those that are open stay, also of an HTTP server, which would otherwise hang up on who is idle. */
export function stopListening(server: Server): void {
  Server.prototype.close.call(server);
}

/** A port that nobody listens on now. @param host null: every address of this machine */
export async function freePort(host: string | null): Promise<number> {
  const server = createServer();
  await listen(server, 0, host);
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
