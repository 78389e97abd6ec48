/**
 * A path on this site for redirects from untrusted input such as `?next=`, or null. Browsers take `//x`, `/\x` and
 * `/<tab>/x` for another site; `/.//x` normalizes to one.
 */
export function safeRedirectPath(address: unknown): string | null {
  // eslint-disable-next-line no-control-regex -- control characters are rejected
  if (typeof address !== 'string' || !/^\/(?!\/)[^\\\u0000-\u0020\u007f]*$/.test(address)) return null;
  const base = 'http://own.invalid';
  if (!URL.canParse(address, base)) return null;
  const { origin, pathname, search, hash } = new URL(address, base);
  return origin === base && !pathname.startsWith('//') ? pathname + search + hash : null;
}
