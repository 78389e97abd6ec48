import { setTimeout as after } from 'node:timers/promises';

/**
 * Waits for `work` at most `ms` milliseconds, or until `signal` aborts.
 * @throws the work's error, the signal's reason, or an Error with the timeout
 */
export async function withTimeout<T>(work: Promise<T>, ms: number, signal?: AbortSignal): Promise<T> {
  const waiting = new AbortController();
  const end = (): void => {
    waiting.abort(signal?.reason);
  };
  signal?.addEventListener('abort', end);
  try {
    signal?.throwIfAborted();
    return await Promise.race([work, timeoutAfter(ms, waiting.signal)]);
  } finally {
    signal?.removeEventListener('abort', end);
    waiting.abort();
    // A later rejection is not unhandled.
    work.catch(() => undefined);
  }
}

async function timeoutAfter(ms: number, signal: AbortSignal): Promise<never> {
  await after(ms, undefined, { signal, ref: false }).catch(() => undefined);
  signal.throwIfAborted();
  throw new Error(`timeout: no answer within ${ms} ms`);
}
