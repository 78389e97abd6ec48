import { isServerOf } from './processes.ts';

const INTERVAL_MS = 250;

/** Watches a server that is not our child, and so does not tell us when it ends; keeps no process alive. */
export function watchServer(pid: number, dataDir: string): { gone: Promise<void>; stop(): void } {
  const watch = new AbortController();
  const gone = new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (isServerOf(pid, dataDir)) return;
      clearInterval(timer);
      resolve();
    }, INTERVAL_MS).unref();
    watch.signal.addEventListener('abort', () => {
      clearInterval(timer);
    });
  });
  return {
    gone,
    stop: () => {
      watch.abort();
    },
  };
}
