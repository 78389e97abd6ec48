import type { Server, ServerResponse } from 'node:http';

export interface RequestTracker {
  /**
   * Makes every response close its connection. Resolves when all requests are answered and none has arrived for
   * `idleMs`, or after `timeoutMs`. The idle time is for clients that reuse a connection: closing one that only looks
   * idle would cut off a request on its way.
   */
  drain(idleMs: number, timeoutMs: number): Promise<void>;
}

/** Tracks unanswered requests, for a graceful stop. */
export function trackRequests(http: Server): RequestTracker {
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
