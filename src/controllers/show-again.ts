import type { Response } from 'express';
import { InvalidInput } from '../lib/invalid-input.ts';

/** Shows the form again (422) with what was typed and a sentence beside each field; any other fault goes on. */
export function showAgain(fault: unknown, res: Response, view: string, locals: Record<string, unknown>): void {
  if (!(fault instanceof InvalidInput)) throw fault;
  const errors: Record<string, string> = {};
  for (const { path, message, params } of fault.faults) errors[path] ??= res.locals.t(message, params);
  res.status(422).render(view, { ...locals, errors });
}
