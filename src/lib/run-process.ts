import type { Logger } from './logger.ts';

export interface Stoppable {
  /** Resolves when it serves; rejects if it never will. */
  ready: Promise<unknown>;
  /** Rejects when it cannot continue. */
  lost?: Promise<unknown>;
  close(): Promise<void>;
}

/** For a graceful stop. Platforms kill after 30 s. */
const SHUTDOWN_TIMEOUT_MS = 27_000;
/** Signals this close are one Ctrl-C: the terminal signals all processes, and npm forwards it. */
const SAME_SIGNAL_MS = 500;

/**
 * Runs something until SIGINT, SIGTERM or `stop`, then closes it gracefully. An uncaught exception or rejection is
 * logged and does the same, because the state is unknown. A second signal exits at once; `stop` does not count as one,
 * since a terminal signals the workers too.
 * @param stop resolves when the primary asks this worker to stop
 * @returns the exit status
 * @throws the error that kept it from starting or continuing
 */
export async function runProcess<T extends Stoppable>(
  start: () => Promise<T>,
  onReady: (running: T) => void,
  log: Logger,
  stop?: Promise<void>,
): Promise<number> {
  const status = waitForStop(log, stop);
  const running = await start();
  try {
    const ready = running.ready.then(() => {
      onReady(running);
      return status;
    });
    return await Promise.race([status, ready, ...(running.lost ? [running.lost.then(() => status)] : [])]);
  } finally {
    const timer = setTimeout(() => {
      log.fatal('shutdown timed out, exiting');
      process.exit(1);
    }, SHUTDOWN_TIMEOUT_MS);
    await running.close();
    clearTimeout(timer);
  }
}

async function waitForStop(log: Logger, stop?: Promise<void>): Promise<number> {
  return new Promise((resolve) => {
    let first: number | null = null;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (first !== null && performance.now() - first > SAME_SIGNAL_MS) process.exit(1);
      if (first !== null) return;
      first = performance.now();
      log.info({ signal }, 'shutting down');
      resolve(0);
    };
    const onError =
      (kind: string) =>
      (error: unknown): void => {
        log.fatal({ err: error }, `${kind}, shutting down`);
        resolve(1);
      };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    process.on('uncaughtException', onError('uncaught exception'));
    process.on('unhandledRejection', onError('uncaught promise rejection'));
    void stop?.then(() => {
      resolve(0);
    });
  });
}
