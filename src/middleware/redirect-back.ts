/** Where a form, or signing in, leads back to: always a page of this site. */
import type { Request, Response } from 'express';

/** The page of a task. */
export const TASK_PAGE = /^\/tasks\/\d+$/;

/** Pages with forms that change a row of a list. */
const LISTS = /^\/(tasks|tasks\/mine|trash|categories)?$/;

/**
 * Redirects to the page that the form stands on, with its filters, by the Referer (which our Referrer-Policy sends
 * within the site), or else to the list that the person came from (`from`).
 * @param pages paths that a form may stand on
 * @param fallback for any other page, and without a Referer
 */
export function redirectBack(req: Request, res: Response, fallback: string, pages = LISTS): void {
  res.redirect(303, returnPath(req, fallback, pages));
}

/** The path and query that `redirectBack` goes to. */
export const returnPath = (req: Request, fallback: string, pages = LISTS): string => pageBefore(req, pages) ?? fallback;

function pageBefore(req: Request, pages: RegExp): string | null {
  const { from } = (req.body ?? {}) as { from?: unknown };
  const referer = req.get('referer');
  if (!referer || !URL.canParse(referer)) return listPath(from);
  const { host, pathname, search } = new URL(referer);
  return host === req.get('host') && pages.test(pathname) ? pathname + search : listPath(from);
}

/** Pages that list tasks. */
const TASK_LISTS = /^\/(tasks(\/mine)?|inbox|activity|trash)?$/;
const MAX_LENGTH = 2000;

/** The list, with filter, sort and page, that a `from` parameter names: where a task's page leads back to; or null. */
export function listPath(address: unknown): string | null {
  const path = safeRedirectPath(address);
  if (path === null || path.length > MAX_LENGTH || !TASK_LISTS.test(path.replace(/[?#].*/, ''))) return null;
  return path.replace(/#.*/, '');
}

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
