/** Retry delays, with jitter so that many tabs do not reconnect at once. */

const CONNECT_MS = { first: 500, max: 4000, blocked: 60_000 };
const POLL_MS = { usual: 10_000, max: 30_000 };
/** The longest Retry-After that is honoured. */
const MAX_RETRY_AFTER_MS = 300_000;

/**
 * Milliseconds until the next attempt to open a websocket.
 * @param failures consecutive failed attempts
 * @param blocked plain HTTP works, so occasional attempts are enough
 * @param random from 0 to 1
 */
export function connectDelay(failures: number, blocked: boolean, random = Math.random()): number {
  return (
    Math.min(blocked ? CONNECT_MS.blocked : CONNECT_MS.max, CONNECT_MS.first * 2 ** Math.max(0, failures - 1)) *
    (0.5 + random)
  );
}

/**
 * Milliseconds until the next poll over HTTP.
 * @param failures consecutive polls without an answer
 * @param retryAfter the server's Retry-After in seconds, or null
 * @param random from 0 to 1
 */
export function pollDelay(failures: number, retryAfter: string | null, random = Math.random()): number {
  const pause = Math.min(POLL_MS.max, POLL_MS.usual * 2 ** failures) * (0.75 + random / 2);
  return Math.max(pause, retryAfterMs(retryAfter) * (1 + random / 4));
}

/** Retry-After in milliseconds. Our server sends seconds, so a date is ignored. */
export const retryAfterMs = (retryAfter: string | null): number =>
  Math.max(0, Math.min(MAX_RETRY_AFTER_MS, Number(retryAfter) * 1000 || 0));
