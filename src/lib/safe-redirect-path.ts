/**
 * A path of our own to go on to, or null: for addresses that come from outside, such as `next`. Browsers read
 * `//x`, `/\x` and a tab between as another site, so those are none; nor is what becomes one (`/.//x`).
 */
export function safeRedirectPath(address: unknown): string | null {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (typeof address !== 'string' || !/^\/(?!\/)[^\\\u0000-\u0020\u007f]*$/.test(address)) return null;
  const base = 'http://own.invalid';
  if (!URL.canParse(address, base)) return null;
  const { origin, pathname, search, hash } = new URL(address, base);
  return origin === base && !pathname.startsWith('//') ? pathname + search + hash : null;
}
