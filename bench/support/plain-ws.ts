/** The minimum cost of a fan-out with `ws`: sends each posted body to every socket, as in the `ws` documentation. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const http = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const data = Buffer.concat(parts);
    for (const socket of sockets.clients) socket.send(data, { binary: false });
    response.writeHead(303, { location: '/tasks' }).end();
  });
});
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
http.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${String((http.address() as AddressInfo).port)}/`);
});
process.once('SIGTERM', () => process.exit());
