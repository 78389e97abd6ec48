/** What a browser sends with a form of our own page. */
export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };

/** Makes an account through the page, as people do. @returns the cookie of the signed-in browser */
export async function register(url: string, name: string): Promise<string> {
  const body = new URLSearchParams({ name, email: `${name}@example.com`, password: `${name} has a long password` });
  const answer = await fetch(`${url}/register`, { method: 'POST', redirect: 'manual', headers: formHeaders, body });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (!cookie) throw new Error(`registration answered ${String(answer.status)}: ${(await answer.text()).slice(0, 500)}`);
  return cookie;
}

export const registerAll = (url: string, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => register(url, `person${String(n)}`)));

/** Writes a task down through the page. */
export async function writeTask(url: string, cookie: string, description: string): Promise<void> {
  const answer = await fetch(`${url}/tasks`, { method: 'POST', redirect: 'manual', headers: { ...formHeaders, cookie }, body: new URLSearchParams({ description }) });
  await answer.arrayBuffer();
  if (answer.status !== 303) throw new Error(`POST /tasks answered ${String(answer.status)}`);
}
