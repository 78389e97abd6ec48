import type { Response } from 'express';
import { HttpError } from '../lib/http-error.ts';
import { fillSidebar } from '../middleware/load-sidebar.ts';
import { showAgain } from './form-errors.ts';

/** Shows the form again like `showAgain`, and also to whom has tried too often (429), with when to come back. */
export async function showFormAgain(
  fault: unknown,
  res: Response,
  view: string,
  locals: Record<string, unknown>,
): Promise<void> {
  if (!(fault instanceof HttpError && fault.status === 429)) return showAgain(fault, res, view, locals);
  if (res.locals.viewer) await fillSidebar(res);
  const minutes = Math.max(1, Math.ceil(Number(fault.headers['Retry-After']) / 60));
  res
    .status(429)
    .set(fault.headers)
    .render(view, { ...locals, errors: { '': res.locals.t('accounts.tooManyTries', { count: minutes }) } });
}
