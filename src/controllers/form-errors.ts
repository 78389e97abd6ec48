import type { Response } from 'express';
import { RateLimitError, ValidationError } from '../lib/errors.ts';
import { fillSidebar } from '../middleware/load-sidebar.ts';

type Errors = Record<string, string>;

/**
 * Renders a form again with what was typed: 422 with a message beside each field for a ValidationError, 429 for a
 * RateLimitError.
 * @throws every other error
 */
export async function renderFormErrors(
  error: unknown,
  res: Response,
  view: string,
  locals: Record<string, unknown>,
): Promise<void> {
  if (!(error instanceof ValidationError || error instanceof RateLimitError)) throw error;
  if (res.locals.viewer) await fillSidebar(res);
  if (error instanceof ValidationError) {
    res.status(422).render(view, { ...locals, errors: translateErrors(error, res) });
    return;
  }
  const { retryAfterSeconds } = error;
  const minutes = Math.max(1, Math.ceil(retryAfterSeconds / 60));
  res
    .status(429)
    .set('Retry-After', String(retryAfterSeconds))
    .render(view, { ...locals, errors: { '': res.locals.t('accounts.tooManyTries', { count: minutes }) } });
}

/** The first message of each field, translated. */
export function translateErrors({ errors }: ValidationError, res: Response): Errors {
  const translated: Errors = {};
  for (const { path, message, params } of errors) translated[path] ??= res.locals.t(message, params);
  return translated;
}

/** The texts and lists of texts of a form, to render it again; views cannot render anything else. */
export function typedIn(body: unknown): Record<string, string | string[]> {
  const typed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries((body ?? {}) as Record<string, unknown>)) {
    if (typeof value === 'string') typed[name] = value;
    else if (Array.isArray(value)) typed[name] = value.filter((item) => typeof item === 'string');
  }
  return typed;
}

/** The texts of these fields only, '' where missing: for forms with passwords, which are never sent back. */
export function typedFields<Field extends string>(body: unknown, fields: readonly Field[]): Record<Field, string> {
  const typed = typedIn(body);
  return Object.fromEntries(
    fields.map((field) => [field, typeof typed[field] === 'string' ? typed[field] : '']),
  ) as Record<Field, string>;
}
