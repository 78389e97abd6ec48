import type { Logger } from './logger.ts';

export interface Stoppable {
  /** Resolves when it does its work; rejects when it never will. */
  ready: Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds for an end in order; a platform kills after 30 s. */
const PATIENCE = 27_000;

/**
 * Runs something until SIGINT or SIGTERM and ends it in order. A fault that nobody caught is logged and ends
 * it in the same way, because nobody knows what it left behind. A second signal ends the process at once.
 * @returns the exit status
 * @throws what kept it from starting
 */
export async function runUntilSignal(start: () => Promise<Stoppable>, onReady: () => void, log: Logger): Promise<number> {
  const status = ending(log);
  const running = await start();
  try {
    return await Promise.race([status, running.ready.then(() => { onReady(); return status; })]);
  } finally {
    const timer = setTimeout(() => {
      log.fatal('not everything ended in time');
      process.exit(1);
    }, PATIENCE);
    await running.close();
    clearTimeout(timer);
  }
}

async function ending(log: Logger): Promise<number> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1);
      asked = true;
      log.info({ signal }, 'stopping');
      resolve(0);
    };
    const onFault = (fault: unknown): void => {
      log.fatal({ err: fault }, 'a fault that nobody caught: stopping');
      resolve(1);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    process.on('uncaughtException', onFault);
    process.on('unhandledRejection', onFault);
  });
}
