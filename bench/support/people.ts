import type { Positions } from '../../src/shared/events.ts';
import type { Visitor } from './tab-program.ts';

/** What a browser sends with a form of our own page. */
export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };

const AT_ONCE = 16;

export const accountOf = (name: string): { email: string; password: string } => ({
  email: `${name}@example.com`,
  password: `${name} has a long password`,
});

/** Makes an account through the page, as people do. @returns the cookie of the signed-in browser */
export function register(url: string, name: string): Promise<string> {
  return cookieFrom(`${url}/register`, { name, ...accountOf(name) });
}

/** A few at a time: a server lets no more than 32 passwords wait to be hashed. */
export async function registerAll(url: string, count: number): Promise<string[]> {
  const cookies: string[] = [];
  while (cookies.length < count) {
    const few = Math.min(AT_ONCE, count - cookies.length);
    cookies.push(
      ...(await Promise.all(
        Array.from({ length: few }, (_, n) => register(url, `person${String(cookies.length + n)}`)),
      )),
    );
  }
  return cookies;
}

/** Signs in somebody who is registered, in another browser. @returns its cookie */
export const signIn = (url: string, name: string): Promise<string> => cookieFrom(`${url}/login`, accountOf(name));

/** Writes a task down through the page. */
export async function writeTask(url: string, cookie: string, description: string): Promise<void> {
  const answer = await fetch(`${url}/tasks`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...formHeaders, cookie },
    body: new URLSearchParams({ description }),
  });
  await answer.arrayBuffer();
  if (answer.status !== 303) throw new Error(`POST /tasks answered ${String(answer.status)}`);
}

/** What the tabs of these browsers hold when their pages have just been loaded. */
export const visitorsOf = (url: string, cookies: string[]): Promise<Visitor[]> =>
  Promise.all(cookies.map(async (cookie) => ({ cookie, positions: await positionsOf(url, cookie) })));

async function cookieFrom(url: string, form: Record<string, string>): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: formHeaders,
    body: new URLSearchParams(form),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (!cookie) throw new Error(`${url} answered ${String(answer.status)}: ${(await answer.text()).slice(0, 500)}`);
  return cookie;
}

async function positionsOf(url: string, cookie: string): Promise<Positions> {
  const page = await (await fetch(url, { headers: { cookie, accept: 'text/html' } })).text();
  const attribute = /data-positions="([^"]+)"/.exec(page)?.[1];
  if (!attribute) throw new Error(`the page says no positions: ${page.slice(0, 500)}`);
  return JSON.parse(attribute.replaceAll('&quot;', '"')) as Positions;
}
