import type { Violation } from '../checker.ts';

export const violation = (
  what: string,
  { listId = null, version = null, tab = null }: Partial<Omit<Violation, 'what'>> = {},
): Violation => ({ listId, version, tab, what });
