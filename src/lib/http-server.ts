import { once } from 'node:events';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { createServer, Server, type Socket } from 'node:net';

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

/** The address to open on this machine: `localhost` for all addresses, and IPv6 in brackets. */
export function localUrl({ host, localOnly }: { host: string | null; localOnly: boolean }, port: number): string {
  const everywhere = host === null || localOnly || host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${String(port)}`;
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

/**
 * Ends the connections of clients that do not read their response, or hardly send their request.
 * @param unreadMs how long a response may stay unread
 */
export function endStalled(http: HttpServer, unreadMs: number): void {
  endUnreadAnswers(http, unreadMs);
  endSlowRequests(http);
}

/**
 * Ends a connection whose client has read nothing of its answer for `ms`: an unread answer holds memory, and an unread
 * export keeps access to what it has not sent yet. A request that the server is still working on is left alone.
 */
export function endUnreadAnswers(http: HttpServer, ms: number): void {
  const answering = new WeakSet<Socket>();
  http.prependListener('request', ({ socket }: IncomingMessage, res: ServerResponse) => {
    answering.add(socket);
    res.once('close', () => answering.delete(socket));
  });
  // Without a listener Node would end every connection on which nothing has moved.
  http.setTimeout(ms, (socket) => {
    if (answering.has(socket) && socket.writableLength === 0) socket.setTimeout(ms);
    else socket.destroy();
  });
}

/** From when on a request must have arrived at this rate, in milliseconds and bytes a second. */
const LEAST_RATE = { afterMs: 10_000, bytesPerSecond: 500 };

/**
 * Ends requests whose body arrives more slowly than over any real line. One that the server does not read yet is left
 * alone.
 * @param rate another one, for tests
 */
export function endSlowRequests(http: HttpServer, rate = LEAST_RATE): void {
  http.prependListener('request', (req: IncomingMessage, res: ServerResponse) => {
    if (req.complete) return;
    const { socket } = req;
    let [start, bytes, slow] = [performance.now(), socket.bytesRead, 0];
    const timer = setInterval(() => {
      // Of a request that nobody reads to its end, only the response closes.
      if (req.complete || res.closed) clearInterval(timer);
      else if (req.readableLength >= req.readableHighWaterMark)
        [start, bytes, slow] = [performance.now(), socket.bytesRead, 0];
      else if (((socket.bytesRead - bytes) * 1000) / (performance.now() - start) >= rate.bytesPerSecond) slow = 0;
      else slow += 1;
      // Once, the server may have begun to read just before.
      if (slow < 2) return;
      clearInterval(timer);
      if (!res.headersSent) res.writeHead(408, { Connection: 'close' }).end();
      socket.destroySoon();
      req.destroy();
    }, rate.afterMs / 2).unref();
  });
}

export interface RequestTracker {
  /**
   * Makes every response close its connection. Resolves when all requests are answered and none has arrived for
   * `idleMs`, or after `timeoutMs`. The idle time is for clients that reuse a connection: closing one that only looks
   * idle would cut off a request on its way.
   */
  drain(idleMs: number, timeoutMs: number): Promise<void>;
}

/** Tracks unanswered requests, for a graceful stop. */
export function trackRequests(http: HttpServer): RequestTracker {
  const open = new Set<ServerResponse>();
  let lastUse = -Infinity;
  let draining = false;
  let check: () => void = () => undefined;
  const used = (): void => {
    lastUse = performance.now();
  };

  http.on('connection', used);
  http.prependListener('request', (_req, res: ServerResponse) => {
    open.add(res);
    if (draining) res.setHeader('Connection', 'close');
    res.once('close', () => {
      open.delete(res);
      used();
      check();
    });
  });

  return {
    async drain(idleMs, timeoutMs) {
      draining = true;
      for (const res of open) if (!res.headersSent) res.setHeader('Connection', 'close');
      await new Promise<void>((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        const end = (): void => {
          clearTimeout(timer);
          clearTimeout(timeout);
          check = () => undefined;
          resolve();
        };
        const timeout = setTimeout(end, timeoutMs);
        check = () => {
          clearTimeout(timer);
          if (open.size > 0) return;
          const wait = lastUse + idleMs - performance.now();
          if (wait <= 0) end();
          else timer = setTimeout(check, wait);
        };
        check();
      });
    },
  };
}
