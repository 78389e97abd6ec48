/** When a tab tries again. Part of each pause is chance, so that many tabs do not come all at once. */

const CONNECT_MS = { first: 500, longest: 4000, blocked: 60_000 };
const POLL_MS = { usual: 10_000, longest: 30_000 };
/** What a server may ask for and still be believed. */
const LONGEST_WISH_MS = 300_000;

/**
 * Milliseconds until the next try to open a websocket.
 * @param failures of such tries, one after the other
 * @param blocked plain HTTP works: now and then is enough
 * @param chance from 0 to 1
 */
export function connectPause(failures: number, blocked: boolean, chance = Math.random()): number {
  return (
    Math.min(blocked ? CONNECT_MS.blocked : CONNECT_MS.longest, CONNECT_MS.first * 2 ** Math.max(0, failures - 1)) *
    (0.5 + chance)
  );
}

/**
 * Milliseconds until the server is asked over HTTP again.
 * @param misses questions without an answer, one after the other
 * @param wish the server's Retry-After, in seconds; null where it says none
 * @param chance from 0 to 1
 */
export function pollPause(misses: number, wish: string | null, chance = Math.random()): number {
  const pause = Math.min(POLL_MS.longest, POLL_MS.usual * 2 ** misses) * (0.75 + chance / 2);
  return Math.max(pause, wishedPause(wish) * (1 + chance / 4));
}

/** Milliseconds for which the server wants to be left alone. A date, which may also stand in Retry-After, is none of ours. */
export const wishedPause = (wish: string | null): number =>
  Math.max(0, Math.min(LONGEST_WISH_MS, Number(wish) * 1000 || 0));
