import { setTimeout as after } from 'node:timers/promises';

/**
 * Waits for work, but not longer than it may take.
 * @param ms milliseconds
 * @param signal ends the waiting, too
 * @throws what the work throws; the signal's reason; an Error that says how long it was waited
 */
export async function withTimeout<T>(work: Promise<T>, ms: number, signal?: AbortSignal): Promise<T> {
  const waiting = new AbortController();
  const end = (): void => {
    waiting.abort(signal?.reason);
  };
  signal?.addEventListener('abort', end);
  try {
    signal?.throwIfAborted();
    return await Promise.race([work, patience(ms, waiting.signal)]);
  } finally {
    signal?.removeEventListener('abort', end);
    waiting.abort();
    // Nobody waits for it any more.
    work.catch(() => undefined);
  }
}

async function patience(ms: number, signal: AbortSignal): Promise<never> {
  await after(ms, undefined, { signal, ref: false }).catch(() => undefined);
  signal.throwIfAborted();
  throw new Error(`no answer within ${ms} ms`);
}
