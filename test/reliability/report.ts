import type { Evidence } from './evidence.ts';
import type { CheckResults } from './checker.ts';

/** The figures of a run as a table, followed by each violation with its list, version and tab. */
export function report(title: string, figures: CheckResults): string {
  const rows = Object.entries(figures).map(
    ([invariant, { counted, violations }]) => [invariant, counted, String(violations.length)] as const,
  );
  const table = [['invariant', 'counted', 'violations'] as const, ...rows];
  const width = (column: 0 | 1): number => Math.max(...table.map((row) => row[column].length));
  const lines = table.map(
    ([invariant, counted, violations]) => `  ${invariant.padEnd(width(0))}  ${counted.padEnd(width(1))}  ${violations}`,
  );
  return [title, ...lines, ...violationsOf(figures)].join('\n');
}

/** One line per violation. */
export function violationsOf(figures: CheckResults): string[] {
  return Object.entries(figures).flatMap(([invariant, { violations }]) =>
    violations
      .slice(0, 20)
      .map(
        ({ listId, version, tab, what }) =>
          `  ${invariant} is violated${listId === null ? '' : `, list ${listId}`}${version === null ? '' : `, version ${version}`}${tab === null ? '' : `, tab ${tab}`}: ${what}`,
      ),
  );
}

/** What the writers requested. */
export function summary({ written, tabs, stored }: Evidence): string {
  const received = tabs.reduce((sum, tab) => sum + tab.received.length, 0);
  return `${written.length} tasks written, ${stored.events.length} changes committed, ${received} messages at ${tabs.length} tabs`;
}
