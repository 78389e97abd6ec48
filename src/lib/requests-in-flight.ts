import type { Server, ServerResponse } from 'node:http';

export interface RequestsInFlight {
  /** From now on every answer closes its connection. Resolves when the last has been sent, or after `patience` milliseconds. */
  ended(patience: number): Promise<void>;
}

/** Counts what a server has not answered yet, so that it can stop without cutting anybody off. */
export function followRequests(http: Server): RequestsInFlight {
  const open = new Set<ServerResponse>();
  let ending = false;
  let done: () => void = () => undefined;

  http.prependListener('request', (_req, res: ServerResponse) => {
    open.add(res);
    if (ending) res.setHeader('Connection', 'close');
    res.once('close', () => {
      open.delete(res);
      if (open.size === 0) done();
    });
  });

  return {
    async ended(patience) {
      ending = true;
      for (const res of open) if (!res.headersSent) res.setHeader('Connection', 'close');
      if (open.size === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience);
        done = () => { clearTimeout(timer); resolve(); };
      });
    },
  };
}
