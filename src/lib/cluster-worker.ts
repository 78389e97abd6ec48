import cluster from 'node:cluster';

/** From a worker to its primary. `listening` comes first: messages reach the worker from then on. */
export type WorkerMessage =
  { worker: 'listening' } | { worker: 'ready'; notices: string[] } | { worker: 'failed'; reason: string };

/** From a primary to its workers: stop gracefully. */
export const STOP = { primary: 'stop' } as const;

export interface PrimaryChannel {
  /** Resolves when the primary asks this worker to stop. */
  stop: Promise<void>;
  /** Reports that this worker serves, and what the operator should know. */
  ready: (notices: string[]) => void;
  /** Reports an error that every worker would meet: the primary prints it and exits. Resolves when it is sent. */
  fail: (reason: string) => Promise<void>;
}

/** A worker's channel to its primary; null in other processes. Node ends a worker whose primary is gone. */
export function connectToPrimary(): PrimaryChannel | null {
  const { worker } = cluster;
  if (!worker) return null;
  const send = (message: WorkerMessage): Promise<void> =>
    new Promise((resolve) => {
      worker.process.send?.(message, undefined, undefined, () => {
        resolve();
      });
    });
  const stop = new Promise<void>((resolve) => {
    worker.on('message', (message: Partial<typeof STOP> | null) => {
      if (message?.primary === STOP.primary) resolve();
    });
  });
  void send({ worker: 'listening' });
  return {
    stop,
    ready: (notices) => {
      void send({ worker: 'ready', notices });
    },
    fail: (reason) => send({ worker: 'failed', reason }),
  };
}
