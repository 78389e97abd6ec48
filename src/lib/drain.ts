import type { Server, ServerResponse } from 'node:http';

export interface RequestTracker {
  /**
   * From now on every answer closes its connection. Resolves when the last has been sent and nobody has asked
   * for `quiet` milliseconds, or after `patience`: who has just asked may be about to ask again, and would be
   * cut off by the closing of a connection that looks idle from here.
   */
  ended(quiet: number, patience: number): Promise<void>;
}

/** Counts what a server has not answered yet, so that it can stop without cutting anybody off. */
export function trackRequests(http: Server): RequestTracker {
  const open = new Set<ServerResponse>();
  let lastUse = -Infinity;
  let ending = false;
  let look: () => void = () => undefined;
  const used = (): void => {
    lastUse = performance.now();
  };

  http.on('connection', used);
  http.prependListener('request', (_req, res: ServerResponse) => {
    open.add(res);
    if (ending) res.setHeader('Connection', 'close');
    res.once('close', () => {
      open.delete(res);
      used();
      look();
    });
  });

  return {
    async ended(quiet, patience) {
      ending = true;
      for (const res of open) if (!res.headersSent) res.setHeader('Connection', 'close');
      await new Promise<void>((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        const end = (): void => {
          clearTimeout(timer);
          clearTimeout(late);
          look = () => undefined;
          resolve();
        };
        const late = setTimeout(end, patience);
        look = () => {
          clearTimeout(timer);
          if (open.size > 0) return;
          const wait = lastUse + quiet - performance.now();
          if (wait <= 0) end();
          else timer = setTimeout(look, wait);
        };
        look();
      });
    },
  };
}
