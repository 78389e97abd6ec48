import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { request, type PageResponse } from './http.ts';
import type { Browser } from './people.ts';

export interface Outcome extends PageResponse {
  /** Whether it was sent more than once: an earlier attempt may have succeeded or may still succeed. */
  retried: boolean;
}

export interface SendOptions {
  /** The servers' addresses, the preferred one first. */
  urls: string[];
  browser: Browser;
  agent: http.Agent;
  form?: Record<string, string>;
}

const PAUSE_MS = 150;
const TIMEOUT_MS = 180_000;

/**
 * Sends the same request to the servers alternately until one responds conclusively. A signed-out browser retries until
 * its user has signed in again.
 * @returns null without a response within three minutes
 */
export async function sendUntilAnswered(
  method: 'GET' | 'POST',
  path: string,
  { urls, browser, agent, form }: SendOptions,
): Promise<Outcome | null> {
  const end = performance.now() + TIMEOUT_MS;
  let retried = false;
  for (let attempt = 0; performance.now() < end; attempt += 1) {
    const { cookie } = browser;
    const response = await request(method, `${urls[attempt % urls.length] ?? ''}${path}`, {
      cookie,
      form,
      agent,
    }).catch(() => null);
    const isSignedOut = response?.status === 401 || response?.location?.startsWith('/login') === true;
    if (response && response.status < 500 && response.status !== 429 && !isSignedOut) return { ...response, retried };
    retried ||= response === null || response.status >= 500;
    await sleep(PAUSE_MS * Math.min(attempt + 1, 4));
  }
  return null;
}
