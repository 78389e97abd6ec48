import type { Violation } from '../checker.ts';

export const violation = (
  what: string,
  { feedId = null, version = null, tab = null }: Partial<Omit<Violation, 'what'>> = {},
): Violation => ({ feedId, version, tab, what });
