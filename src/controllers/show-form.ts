import type { Response } from 'express';
import { RateLimitError } from '../lib/errors.ts';
import { fillSidebar } from '../middleware/load-sidebar.ts';
import { renderFormErrors } from './form-errors.ts';

/** Shows the form again like `renderFormErrors`, and also to whom has tried too often (429), with when to come back. */
export async function showFormAgain(
  error: unknown,
  res: Response,
  view: string,
  locals: Record<string, unknown>,
): Promise<void> {
  if (!(error instanceof RateLimitError)) return renderFormErrors(error, res, view, locals);
  if (res.locals.viewer) await fillSidebar(res);
  const minutes = Math.max(1, Math.ceil(error.retryAfterSeconds / 60));
  res
    .status(429)
    .set('Retry-After', String(error.retryAfterSeconds))
    .render(view, { ...locals, errors: { '': res.locals.t('accounts.tooManyTries', { count: minutes }) } });
}
