import type { Request, Response } from 'express';
import { listPath } from '../middleware/page-locals.ts';

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
