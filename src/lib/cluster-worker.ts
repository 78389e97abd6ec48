import cluster from 'node:cluster';

/** What a worker tells its primary; `hears` comes first: from then on a word reaches it. */
export type Told = { worker: 'hears' } | { worker: 'ready' } | { worker: 'hopeless'; why: string };

/** What a primary tells its workers: end in order. */
export const STOP = { primary: 'stop' } as const;

export interface PrimaryChannel {
  /** Resolves when the primary wants this worker to end. */
  stop: Promise<void>;
  /** It does its work. */
  ready: () => void;
  /** It can never work, and no other worker would: the primary says why, and ends. Resolves when that is sent. */
  hopeless: (why: string) => Promise<void>;
}

/** A worker's line to its primary; null in every other process. When the primary is gone, Node ends the worker. */
export function connectToPrimary(): PrimaryChannel | null {
  const { worker } = cluster;
  if (!worker) return null;
  const tell = (told: Told): Promise<void> =>
    new Promise((resolve) => {
      worker.process.send?.(told, undefined, undefined, () => {
        resolve();
      });
    });
  const stop = new Promise<void>((resolve) => {
    worker.on('message', (message: Partial<typeof STOP> | null) => {
      if (message?.primary === STOP.primary) resolve();
    });
  });
  void tell({ worker: 'hears' });
  return {
    stop,
    ready: () => {
      void tell({ worker: 'ready' });
    },
    hopeless: (why) => tell({ worker: 'hopeless', why }),
  };
}
