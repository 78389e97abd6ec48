import type { Positions } from '../../src/shared/events.ts';
import { SETUP_TOKEN } from './server.ts';
import type { Visitor } from './tab-program.ts';

/** The headers a browser sends with a same-origin form. */
export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };

const BATCH_SIZE = 16;

export const credentialsFor = (name: string): { email: string; password: string } => ({
  email: `${name}@example.com`,
  password: `${name} has a long password`,
});

/** Registers through the form. @returns the session cookie */
export function register(url: string, name: string): Promise<string> {
  return submitForCookie(`${url}/register`, { name, ...credentialsFor(name), setupToken: SETUP_TOKEN });
}

/** In batches of 16: a server queues at most 32 passwords for hashing. */
export async function registerAll(url: string, count: number): Promise<string[]> {
  const cookies: string[] = [];
  while (cookies.length < count) {
    const size = Math.min(BATCH_SIZE, count - cookies.length);
    cookies.push(
      ...(await Promise.all(
        Array.from({ length: size }, (_, n) => register(url, `person${String(cookies.length + n)}`)),
      )),
    );
  }
  return cookies;
}

/** Signs in a registered person in another browser. @returns the session cookie */
export const signIn = (url: string, name: string): Promise<string> =>
  submitForCookie(`${url}/login`, credentialsFor(name));

/** Creates a task through the quick-add form. */
export async function postTask(url: string, cookie: string, description: string): Promise<void> {
  const response = await fetch(`${url}/tasks`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...formHeaders, cookie },
    body: new URLSearchParams({ description }),
  });
  await response.arrayBuffer();
  if (response.status !== 303) throw new Error(`POST /tasks responded with ${String(response.status)}`);
}

/** Loads the page in each browser. @returns the positions its tab starts from */
export const loadVisitors = (url: string, cookies: string[]): Promise<Visitor[]> =>
  Promise.all(cookies.map(async (cookie) => ({ cookie, positions: await loadPositions(url, cookie) })));

/** Creates an API token of a registered person. */
export async function createToken(url: string, name: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentialsFor(name)),
  });
  return ((await response.json()) as { token: string }).token;
}

async function submitForCookie(url: string, form: Record<string, string>): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: formHeaders,
    body: new URLSearchParams(form),
  });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
  if (!cookie)
    throw new Error(`${url} responded with ${String(response.status)}: ${(await response.text()).slice(0, 500)}`);
  return cookie;
}

/** The positions that a person's page shows. */
export async function loadPositions(url: string, cookie: string): Promise<Positions> {
  const page = await (await fetch(url, { headers: { cookie, accept: 'text/html' } })).text();
  const attribute = /data-positions="([^"]+)"/.exec(page)?.[1];
  if (!attribute) throw new Error(`the page contains no positions: ${page.slice(0, 500)}`);
  return JSON.parse(attribute.replaceAll('&quot;', '"')) as Positions;
}
