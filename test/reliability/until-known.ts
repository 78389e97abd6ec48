import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Answered } from './http.ts';
import type { Browser } from './people.ts';

export interface Known extends Answered {
  /** It was sent more than once: an earlier attempt may have succeeded or may still succeed. */
  unsure: boolean;
}

export interface Sending {
  /** The servers' addresses, the preferred one first. */
  urls: string[];
  browser: Browser;
  agent: http.Agent;
  form?: Record<string, string>;
}

const PAUSE_MS = 150;
const PATIENCE_MS = 180_000;

/**
 * Sends the same request to the servers in turn until one answers with its outcome. A signed-out browser waits until its
 * user has signed in again.
 * @returns null without an answer within three minutes
 */
export async function sendUntilKnown(
  method: 'GET' | 'POST',
  path: string,
  { urls, browser, agent, form }: Sending,
): Promise<Known | null> {
  const end = performance.now() + PATIENCE_MS;
  let unsure = false;
  for (let attempt = 0; performance.now() < end; attempt += 1) {
    const { cookie } = browser;
    const answer = await ask(method, `${urls[attempt % urls.length] ?? ''}${path}`, { cookie, form, agent }).catch(
      () => null,
    );
    const isShutOut = answer?.status === 401 || answer?.location?.startsWith('/login') === true;
    if (answer && answer.status < 500 && answer.status !== 429 && !isShutOut) return { ...answer, unsure };
    unsure ||= answer === null || answer.status >= 500;
    await sleep(PAUSE_MS * Math.min(attempt + 1, 4));
  }
  return null;
}
