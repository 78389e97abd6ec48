import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** How the proxy treats who asks for a websocket: through, refused, or let through and cut at once. */
export type Upgrades = 'pass' | 'refuse' | 'cut';

export interface Proxy {
  /** Without a slash at the end. */
  url: string;
  upgrades: Upgrades;
  /** Upgrades that were asked for. */
  asked: number;
  /** What plain requests get instead of the app's answer; null lets them through. */
  plain: { status: number; headers?: Record<string, string> } | null;
  /** Milliseconds that a plain request and its answer take together, half of it each. */
  delay: number;
  /** Path and query of the plain requests that were let through. */
  paths: string[];
  close(): Promise<void>;
}

/** Stands between a browser and the app, as in an office or a hotel: passes the Host on as it is. */
export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Duplex>();
  const server = http.createServer((request, response) => {
    if (proxy.plain) {
      request.resume();
      response
        .writeHead(proxy.plain.status, { connection: 'close', ...proxy.plain.headers })
        .end('<!doctype html><p>A page of the proxy');
      return;
    }
    const half = proxy.delay / 2;
    later(half, () => {
      proxy.paths.push(request.url ?? '');
      const onward = http.request(
        { hostname, port, method: request.method, path: request.url, headers: request.headers, setHost: false },
        (answer) => {
          later(half, () => {
            response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
            answer.pipe(response);
          });
        },
      );
      onward.on('error', () => {
        response.destroy();
      });
      request.pipe(onward);
    });
  });
  const proxy: Proxy = {
    url: '',
    upgrades: 'pass',
    asked: 0,
    plain: null,
    delay: 0,
    paths: [],
    close: async () => {
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    proxy.asked += 1;
    if (proxy.upgrades === 'refuse' || proxy.plain) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    tunnel(request, socket, head, sockets, () => proxy.upgrades === 'cut');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;

  return proxy;

  function tunnel(request: IncomingMessage, socket: Duplex, head: Buffer, all: Set<Duplex>, cuts: () => boolean): void {
    const onward = net.connect(Number(port), hostname, () => {
      const headers = request.rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? [`${name}: ${request.rawHeaders[index + 1] ?? ''}`] : [],
      );
      onward.write([`${request.method ?? ''} ${request.url ?? ''} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
      onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    const end = (): void => {
      for (const one of [socket, onward]) {
        one.destroy();
        all.delete(one);
      }
    };
    for (const one of [socket, onward]) {
      all.add(one);
      one.on('error', end).on('close', end);
    }
    // The handshake comes through whole, and nothing after it.
    if (cuts())
      onward.once('data', () => {
        setImmediate(end);
      });
  }
}

/** Without a delay at once, as if there were no timer. */
function later(ms: number, work: () => void): void {
  if (ms === 0) work();
  else setTimeout(work, ms);
}
