import type { Checked, Violation } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { violation } from './violation.ts';

/** How much larger the heap may be after all those connections. */
const HEAP_GROWTH = 0.1;

/** No process ends by itself, who is asked to end does so in order, and tabs that went leave nothing behind. */
export function bounded({ exits, membershipLoad }: Evidence): Checked {
  const found: Violation[] = [];
  for (const { process, asked, code } of exits) {
    if (asked === null) found.push(violation(`${process} ended by itself, with ${String(code)}`));
    if (asked === 'SIGTERM' && code !== 0)
      found.push(violation(`${process} was asked to end and ended with ${String(code)}`));
  }
  if (membershipLoad) {
    const growth = membershipLoad.heapAfter / membershipLoad.heapBefore - 1;
    if (growth > HEAP_GROWTH)
      found.push(violation(`the heap grew by ${(growth * 100).toFixed(1)}% over ${membershipLoad.cycles} connections`));
    for (const [what, number] of Object.entries(membershipLoad.left))
      if (number > 0) found.push(violation(`${number} ${what} are left of ${membershipLoad.cycles} connections`));
  }
  const heap = membershipLoad
    ? `, ${membershipLoad.cycles} connections, heap ${(membershipLoad.heapBefore / 1e6).toFixed(1)} → ${(membershipLoad.heapAfter / 1e6).toFixed(1)} MB`
    : '';
  return { counted: `${exits.length} ends of processes${heap}`, violations: found };
}
