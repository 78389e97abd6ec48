import type { CheckResult, Violation } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { violation } from './violation.ts';

const MAX_HEAP_GROWTH = 0.1;

/** No process exits by itself, shutdowns are clean, and closed tabs leave nothing in memory. */
export function bounded({ exits, connectionLoad }: Evidence): CheckResult {
  const found: Violation[] = [];
  for (const { process, signal, code } of exits) {
    if (signal === null) found.push(violation(`${process} exited by itself with ${String(code)}`));
    if (signal === 'SIGTERM' && code !== 0)
      found.push(violation(`${process} exited with ${String(code)} after SIGTERM`));
  }
  if (connectionLoad) {
    const growth = connectionLoad.heapAfter / connectionLoad.heapBefore - 1;
    if (growth > MAX_HEAP_GROWTH)
      found.push(violation(`the heap grew by ${(growth * 100).toFixed(1)}% over ${connectionLoad.cycles} connections`));
    for (const [what, number] of Object.entries(connectionLoad.left))
      if (number > 0) found.push(violation(`${number} ${what} left after ${connectionLoad.cycles} connections`));
  }
  const heap = connectionLoad
    ? `, ${connectionLoad.cycles} connections, heap ${(connectionLoad.heapBefore / 1e6).toFixed(1)} → ${(connectionLoad.heapAfter / 1e6).toFixed(1)} MB`
    : '';
  return { counted: `${exits.length} process exits${heap}`, violations: found };
}
