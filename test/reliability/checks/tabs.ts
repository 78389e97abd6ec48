import type { Checked, Violation } from '../checker.ts';
import type { Absence, Evidence, LoneWrite, Received, SeenEvent, TabRecord } from '../evidence.ts';
import { violation } from './violation.ts';

/** The time within which a lone event must reach every tab. */
export const LONE_MS = 2000;

/** Every open tab shows the same as a freshly loaded page. */
export function convergence({ tabs }: Evidence): Checked {
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
export function order({ tabs }: Evidence): Checked {
  const found = tabs.flatMap((tab) => [...sentOutOfOrder(tab), ...appliedOutOfOrder(tab)]);
  const events = tabs.flatMap(({ received }) => received.filter(({ kind }) => kind === 'event')).length;
  return {
    counted: `${events} live events on ${tabs.reduce((sum, tab) => sum + connectionsOf(tab), 0)} connections`,
    violations: found,
  };
}

/** Nobody receives what they may not see, what was written while they were not a member, or anything after their access ended. */
export function isolation({ tabs, stored, absences }: Evidence): Checked {
  const viewers = new Map(stored.lists.map(({ id, viewers: ids }) => [id, new Set(ids)]));
  const found: Violation[] = [];
  for (const { name: tab, userId, received, ended, open } of tabs) {
    for (const one of received) {
      const { listId, version } = one;
      if (!viewers.get(listId)?.has(userId))
        found.push(violation(`user ${userId} may not see this list`, { listId, version, tab }));
      else if (one.kind !== 'told' && absences.some((absence) => isDuring(absence, userId, one)))
        found.push(violation(`user ${userId} was no member then`, { listId, version, tab }));
      else if (ended && version > (ended.versions[listId] ?? Infinity))
        found.push(violation('it came after the access had ended', { listId, version, tab }));
    }
    if (ended && open) found.push(violation('its session was ended and it was not', { tab }));
  }
  return {
    counted: `${tabs.length} tabs, ${tabs.filter(({ ended }) => ended).length} of ended sessions, ${absences.length} absences of members`,
    violations: found,
  };
}

const isDuring = ({ userId, listId, beyond, until }: Absence, id: number, event: SeenEvent): boolean =>
  userId === id && listId === event.listId && event.version > beyond && event.at < until;

/** Soon after the last failure every tab is current; a lone event arrives at once, also the last one of a run. */
export function liveness({ tabs, lone }: Evidence): Checked {
  const found: Violation[] = [];
  let slowest = 0;
  for (const tab of tabs) {
    if (tab.ended) continue;
    if (!tab.open) found.push(violation('it ended, and nobody had ended its session', { tab: tab.name }));
    else if (tab.currentAfter === null)
      found.push(violation('it did not become current', { tab: tab.name, ...firstPosition(tab) }));
    for (const write of tab.final ? lone.filter(({ listId }) => listId in tab.final!.positions) : []) {
      const took = arrival(tab, write);
      if (took !== null) slowest = Math.max(slowest, took);
      if (took === null) found.push(violation('a lone event never arrived', { ...whereOf(write), tab: tab.name }));
      else if (took > LONE_MS + write.stall)
        found.push(violation(`a lone event took ${took.toFixed(0)} ms`, { ...whereOf(write), tab: tab.name }));
    }
  }
  const last = Math.max(0, ...tabs.map(({ currentAfter }) => currentAfter ?? 0));
  return {
    counted: `${lone.length} lone events, the slowest after ${slowest.toFixed(0)} ms; current after ${last.toFixed(0)} ms`,
    violations: found,
  };
}

function* sentOutOfOrder({ name: tab, received }: TabRecord): Generator<Violation> {
  const before = new Map<string, number>();
  const told = new Map<string, number>();
  for (const one of received) {
    if (one.kind === 'caught_up') continue;
    const { connection, listId, version } = one;
    const key = `${connection}/${listId}`;
    if (one.kind === 'told') {
      told.set(key, Math.max(version, told.get(key) ?? 0));
      continue;
    }
    const last = before.get(key) ?? null;
    before.set(key, version);
    if (last === null) continue;
    if (version <= last)
      yield violation(`version ${version} came after ${last} on connection ${connection}`, { listId, version, tab });
    else if (version > last + 1 && (told.get(key) ?? 0) < version - 1)
      yield violation(
        `version ${version} came after ${last} on connection ${connection}, nothing told of what lies between`,
        { listId, version, tab },
      );
  }
}

function* appliedOutOfOrder({ name: tab, shown }: TabRecord): Generator<Violation> {
  let held: Record<number, number> = {};
  for (const step of shown) {
    if (step.kind === 'load') {
      held = { ...step.positions };
      continue;
    }
    const { listId, version } = step;
    if (version !== (held[listId] ?? 0) + 1)
      yield violation(`version ${version} was applied after ${held[listId] ?? 0}`, { listId, version, tab });
    held[listId] = version;
  }
}

const connectionsOf = ({ received }: TabRecord): number =>
  new Set(received.flatMap((one: Received) => (one.kind === 'caught_up' ? [] : [one.connection]))).size;

/** Milliseconds; null if it never arrived. */
function arrival({ received }: TabRecord, { listId, version, acknowledgedAt }: LoneWrite): number | null {
  const came = received.find((one) => one.kind !== 'told' && one.listId === listId && one.version === version);
  return came && came.kind !== 'told' ? Math.max(0, came.at - acknowledgedAt) : null;
}

const whereOf = ({ listId, version }: LoneWrite) => ({ listId, version });

function firstPosition({ final }: TabRecord): { listId?: number; version?: number } {
  const [first] = Object.entries(final?.positions ?? {});
  return first ? { listId: Number(first[0]), version: first[1] } : {};
}

function differences(rows: string[], freshRows: string[]): string[] {
  const [here, there] = [new Set(rows), new Set(freshRows)];
  const differing = [
    ...rows.filter((row) => !there.has(row)).map((row) => `only here: ${row}`),
    ...freshRows.filter((row) => !here.has(row)).map((row) => `only on a fresh page: ${row}`),
  ];
  if (differing.length > 0) return differing;
  const at = freshRows.findIndex((row, index) => row !== rows[index]);
  if (at >= 0) return [`in another order from row ${at + 1} on: ${freshRows[at] ?? ''}`];
  return rows.length === freshRows.length ? [] : ['a row stands there twice'];
}
