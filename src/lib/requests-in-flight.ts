import type { Server, ServerResponse } from 'node:http';

export interface RequestsInFlight {
  /**
   * From now on every answer closes its connection. Resolves when the last has been sent and nobody asks
   * any more, or after `patience` milliseconds.
   */
  ended(patience: number): Promise<void>;
}

/**
 * Milliseconds. Who keeps a connection and has asked this lately may be about to ask again, and would be cut
 * off by the closing of a connection that looks idle here.
 */
const QUIET = 300;

/** Counts what a server has not answered yet, so that it can stop without cutting anybody off. */
export function followRequests(http: Server): RequestsInFlight {
  const open = new Set<ServerResponse>();
  let lastUse = -QUIET;
  let ending = false;
  let look: () => void = () => undefined;
  const used = (): void => { lastUse = performance.now(); };

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
    async ended(patience) {
      ending = true;
      for (const res of open) if (!res.headersSent) res.setHeader('Connection', 'close');
      await new Promise<void>((resolve) => {
        let quiet: NodeJS.Timeout | undefined;
        const end = (): void => {
          clearTimeout(quiet);
          clearTimeout(late);
          look = () => undefined;
          resolve();
        };
        const late = setTimeout(end, patience);
        look = () => {
          clearTimeout(quiet);
          if (open.size > 0) return;
          const wait = lastUse + QUIET - performance.now();
          if (wait <= 0) end();
          else quiet = setTimeout(look, wait);
        };
        look();
      });
    },
  };
}
