import type { CheckResult, Violation } from '../checker.ts';
import type { Absence, Evidence, IsolatedWrite, Received, SeenEvent, TabRecord } from '../evidence.ts';
import { violation } from './violation.ts';

/** The time within which an isolated write must reach every tab, in milliseconds. */
export const DELIVERY_LIMIT_MS = 2000;

/** Every open tab shows the same as a freshly loaded page. */
export function convergence({ tabs }: Evidence): CheckResult {
  const open = tabs.filter(({ final }) => final !== null);
  const found = open.flatMap(({ name: tab, final }) => {
    const { rows, freshRows, positions } = final!;
    const [listId, version] = Object.entries(positions)[0] ?? [];
    const where = { tab, listId: listId === undefined ? null : Number(listId), version: version ?? null };
    const differing = differences(rows, freshRows);
    return differing.length > 0 ? [violation(differing.slice(0, 3).join('; '), where)] : [];
  });
  const rows = open.reduce((sum, { final }) => sum + final!.freshRows.length, 0);
  return { counted: `${open.length} tabs with ${rows} rows`, violations: found };
}

/**
 * Versions sent on one connection rise by one, except for those that `list_versions` skips; versions applied by a tab
 * rise by one from the page that it loaded.
 */
export function order({ tabs }: Evidence): CheckResult {
  const found = tabs.flatMap((tab) => [...sentOutOfOrder(tab), ...appliedOutOfOrder(tab)]);
  const events = tabs.flatMap(({ received }) => received.filter(({ kind }) => kind === 'event')).length;
  return {
    counted: `${events} live events on ${tabs.reduce((sum, tab) => sum + connectionsOf(tab), 0)} connections`,
    violations: found,
  };
}

/** Nobody receives what they may not see, what was written while they were not a member, or anything after their access ended. */
export function isolation({ tabs, stored, absences }: Evidence): CheckResult {
  const viewers = new Map(stored.lists.map(({ id, viewers: ids }) => [id, new Set(ids)]));
  const found: Violation[] = [];
  for (const { name: tab, userId, received, ended, open } of tabs) {
    for (const one of received) {
      const { listId, version } = one;
      if (!viewers.get(listId)?.has(userId))
        found.push(violation(`user ${userId} may not see this list`, { listId, version, tab }));
      else if (one.kind !== 'announced' && absences.some((absence) => isDuring(absence, userId, one)))
        found.push(violation(`user ${userId} was not a member then`, { listId, version, tab }));
      else if (ended && version > (ended.versions[listId] ?? Infinity))
        found.push(violation('received after access had ended', { listId, version, tab }));
    }
    if (ended && open) found.push(violation('the tab stayed open after its session had ended', { tab }));
  }
  return {
    counted: `${tabs.length} tabs, ${tabs.filter(({ ended }) => ended).length} of ended sessions, ${absences.length} absences of members`,
    violations: found,
  };
}

const isDuring = ({ userId, listId, since, until }: Absence, id: number, event: SeenEvent): boolean =>
  userId === id && listId === event.listId && event.version > since && event.at < until;

/** Every tab becomes current soon after the last failure; an isolated write, including the last of a run, arrives promptly. */
export function liveness({ tabs, isolatedWrites }: Evidence): CheckResult {
  const found: Violation[] = [];
  let slowest = 0;
  for (const tab of tabs) {
    if (tab.ended) continue;
    if (!tab.open) found.push(violation('the tab closed although its session had not been ended', { tab: tab.name }));
    else if (tab.currentAfter === null)
      found.push(violation('the tab did not become current', { tab: tab.name, ...firstPosition(tab) }));
    for (const write of tab.final ? isolatedWrites.filter(({ listId }) => listId in tab.final!.positions) : []) {
      const latency = latencyOf(tab, write);
      if (latency !== null) slowest = Math.max(slowest, latency);
      if (latency === null)
        found.push(violation('an isolated write never arrived', { ...whereOf(write), tab: tab.name }));
      else if (latency > DELIVERY_LIMIT_MS + write.stall)
        found.push(violation(`an isolated write took ${latency.toFixed(0)} ms`, { ...whereOf(write), tab: tab.name }));
    }
  }
  const last = Math.max(0, ...tabs.map(({ currentAfter }) => currentAfter ?? 0));
  return {
    counted: `${isolatedWrites.length} isolated writes, the slowest after ${slowest.toFixed(0)} ms; current after ${last.toFixed(0)} ms`,
    violations: found,
  };
}

function* sentOutOfOrder({ name: tab, received }: TabRecord): Generator<Violation> {
  const before = new Map<string, number>();
  const announced = new Map<string, number>();
  for (const one of received) {
    if (one.kind === 'caught_up') continue;
    const { connection, listId, version } = one;
    const key = `${connection}/${listId}`;
    if (one.kind === 'announced') {
      announced.set(key, Math.max(version, announced.get(key) ?? 0));
      continue;
    }
    const last = before.get(key) ?? null;
    before.set(key, version);
    if (last === null) continue;
    if (version <= last)
      yield violation(`version ${version} came after ${last} on connection ${connection}`, { listId, version, tab });
    else if (version > last + 1 && (announced.get(key) ?? 0) < version - 1)
      yield violation(
        `version ${version} came after ${last} on connection ${connection}, and the gap was not announced`,
        { listId, version, tab },
      );
  }
}

function* appliedOutOfOrder({ name: tab, shown }: TabRecord): Generator<Violation> {
  let applied: Record<number, number> = {};
  for (const step of shown) {
    if (step.kind === 'load') {
      applied = { ...step.positions };
      continue;
    }
    const { listId, version } = step;
    if (version !== (applied[listId] ?? 0) + 1)
      yield violation(`version ${version} was applied after ${applied[listId] ?? 0}`, { listId, version, tab });
    applied[listId] = version;
  }
}

const connectionsOf = ({ received }: TabRecord): number =>
  new Set(received.flatMap((one: Received) => (one.kind === 'caught_up' ? [] : [one.connection]))).size;

/** @returns milliseconds, or null if it never arrived */
function latencyOf({ received }: TabRecord, { listId, version, acknowledgedAt }: IsolatedWrite): number | null {
  const event = received.find((one) => one.kind !== 'announced' && one.listId === listId && one.version === version);
  return event && event.kind !== 'announced' ? Math.max(0, event.at - acknowledgedAt) : null;
}

const whereOf = ({ listId, version }: IsolatedWrite) => ({ listId, version });

function firstPosition({ final }: TabRecord): { listId?: number; version?: number } {
  const [first] = Object.entries(final?.positions ?? {});
  return first ? { listId: Number(first[0]), version: first[1] } : {};
}

function differences(rows: string[], freshRows: string[]): string[] {
  const [shown, fresh] = [new Set(rows), new Set(freshRows)];
  const differing = [
    ...rows.filter((row) => !fresh.has(row)).map((row) => `only here: ${row}`),
    ...freshRows.filter((row) => !shown.has(row)).map((row) => `only on a fresh page: ${row}`),
  ];
  if (differing.length > 0) return differing;
  const at = freshRows.findIndex((row, index) => row !== rows[index]);
  if (at >= 0) return [`different order from row ${at + 1} on: ${freshRows[at] ?? ''}`];
  return rows.length === freshRows.length ? [] : ['duplicate row'];
}
