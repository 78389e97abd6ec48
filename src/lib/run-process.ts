import type { Logger } from './logger.ts';

export interface Stoppable {
  /** Resolves when it does its work; rejects when it never will. */
  ready: Promise<unknown>;
  /** Rejects when it cannot go on, at whatever time that shows. */
  lost?: Promise<unknown>;
  close(): Promise<void>;
}

/** Milliseconds for an end in order; a platform kills after 30 s. */
const PATIENCE = 27_000;
/** Milliseconds in which another signal is the same Ctrl-C: the terminal sends it to all, and npm passes it on. */
const SAME = 500;

/**
 * Runs something until SIGINT, SIGTERM or `word`, and ends it in order. A error that nobody caught is logged
 * and ends it in the same way, because nobody knows what it left behind. A second signal ends the process at
 * once; the word of a primary is none, for a terminal signals the workers too.
 * @param word resolves when whoever started this process wants it to end
 * @returns the exit status
 * @throws what kept it from starting, or from going on
 */
export async function runProcess<T extends Stoppable>(
  start: () => Promise<T>,
  onReady: (running: T) => void,
  log: Logger,
  word?: Promise<void>,
): Promise<number> {
  const status = ending(log, word);
  const running = await start();
  try {
    const ready = running.ready.then(() => {
      onReady(running);
      return status;
    });
    return await Promise.race([status, ready, ...(running.lost ? [running.lost.then(() => status)] : [])]);
  } finally {
    const timer = setTimeout(() => {
      log.fatal('not everything ended in time');
      process.exit(1);
    }, PATIENCE);
    await running.close();
    clearTimeout(timer);
  }
}

async function ending(log: Logger, word?: Promise<void>): Promise<number> {
  return new Promise((resolve) => {
    let first: number | null = null;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (first !== null && performance.now() - first > SAME) process.exit(1);
      if (first !== null) return;
      first = performance.now();
      log.info({ signal }, 'stopping');
      resolve(0);
    };
    const onError = (error: unknown): void => {
      log.fatal({ err: error }, 'a error that nobody caught: stopping');
      resolve(1);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    process.on('uncaughtException', onError);
    process.on('unhandledRejection', onError);
    void word?.then(() => {
      resolve(0);
    });
  });
}
