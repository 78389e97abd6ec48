import type { Response } from 'express';
import { ValidationError } from '../lib/errors.ts';
import { fillSidebar } from '../middleware/load-sidebar.ts';

/** What a form may have sent, to show it again: texts and lists of texts. A view that is given anything else can break on it. */
export function typedIn(body: unknown): Record<string, string | string[]> {
  const shown = (value: unknown): string | string[] | null =>
    typeof value === 'string' ? value : Array.isArray(value) ? value.filter((one) => typeof one === 'string') : null;
  return Object.fromEntries(
    Object.entries(body ?? {}).flatMap(([name, value]) => {
      const text = shown(value);
      return text === null ? [] : [[name, text]];
    }),
  );
}

/** Shows the form again (422) with what was typed and a sentence beside each field; any other error goes on. */
export async function renderFormErrors(
  error: unknown,
  res: Response,
  view: string,
  locals: Record<string, unknown>,
): Promise<void> {
  if (!(error instanceof ValidationError)) throw error;
  if (res.locals.viewer) await fillSidebar(res);
  const errors: Record<string, string> = {};
  for (const { path, message, params } of error.errors) errors[path] ??= res.locals.t(message, params);
  res.status(422).render(view, { ...locals, errors });
}
