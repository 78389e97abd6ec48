import type { Server } from 'node:http';

/**
 * Keeps the process alive when the other side resets a connection that asked for an upgrade: Node takes its own
 * listener off such a socket, engine.io hears only those that it takes, and an unheard error ends the process.
 */
export function ignoreUpgradeErrors(http: Server): void {
  http.on('upgrade', (_request, socket) => {
    socket.on('error', () => {
      socket.destroy();
    });
  });
}
