import type { CheckResult, Violation } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { violation } from './violation.ts';

/** Each list's log has every kept version exactly once, up to the list's version. */
export function gapless({ stored }: Evidence): CheckResult {
  const found: Violation[] = [];
  for (const { id: listId, keptFrom, version } of stored.lists) {
    const versions = stored.events
      .filter((event) => event.listId === listId)
      .map((event) => event.version)
      .sort((a, b) => a - b);
    let expected = keptFrom;
    for (const one of versions) {
      if (one > expected)
        found.push(violation(`${one - expected} versions are missing in the log`, { listId, version: expected }));
      if (one < expected)
        found.push(violation('duplicate in the log, or before the first kept version', { listId, version: one }));
      expected = one + 1;
    }
    if (expected !== version + 1)
      found.push(
        violation(`the log ends at ${expected - 1}, the list is at ${version}`, { listId, version: expected }),
      );
  }
  return { counted: `${stored.events.length} events of ${stored.lists.length} lists`, violations: found };
}

/** Every event sent to a tab was committed with that version. */
export function noPhantom({ stored, tabs }: Evidence): CheckResult {
  const committed = new Map(stored.events.map((event) => [`${event.listId}/${event.version}`, event]));
  let seen = 0;
  const found: Violation[] = [];
  for (const { name: tab, received } of tabs) {
    for (const event of received) {
      if (event.kind === 'announced') continue;
      seen += 1;
      const { listId, version, name, subjectId } = event;
      const row = committed.get(`${listId}/${version}`);
      if (!row) found.push(violation(`${name} of ${subjectId} was never committed`, { listId, version, tab }));
      else if (row.name !== name || row.subjectId !== subjectId) {
        found.push(
          violation(`${name} of ${subjectId} was received, ${row.name} of ${row.subjectId} committed`, {
            listId,
            version,
            tab,
          }),
        );
      }
    }
  }
  return { counted: `${seen} events received`, violations: found };
}
