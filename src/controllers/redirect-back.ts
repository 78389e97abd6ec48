import type { Request } from 'express';

/** Pages that a change made from them leads back to, with the filters that they were asked for. */
const LISTS = /^\/(tasks|tasks\/mine|trash|categories)?$/;

/**
 * The list or task that the form stood on, by the Referer (our Referrer-Policy sends it within the site).
 * @param fallback where the form stood elsewhere, or on a page that the change has ended
 */
export function backTo(req: Request, fallback: string, pages: RegExp = LISTS): string {
  const referer = req.get('referer');
  if (!referer || !URL.canParse(referer)) return fallback;
  const { host, pathname, search } = new URL(referer);
  return host === req.get('host') && pages.test(pathname) ? pathname + search : fallback;
}
