/**
 * Checks a run's evidence against the invariants. Pure: evidence in, figures and violations out, so that tests can
 * show that it finds each kind of error.
 */
import { bounded } from './checks/bounded.ts';
import { atMostOnce, durability } from './checks/writes.ts';
import { gapless, noPhantom } from './checks/log.ts';
import { convergence, isolation, liveness, order } from './checks/tabs.ts';
import type { Evidence } from './evidence.ts';

export interface Violation {
  listId: number | null;
  version: number | null;
  tab: string | null;
  what: string;
}

export interface Checked {
  /** What was checked and how many. */
  counted: string;
  violations: Violation[];
}

const checks = {
  Durability: durability,
  'At most once': atMostOnce,
  Gapless: gapless,
  Convergence: convergence,
  Order: order,
  Isolation: isolation,
  'No phantom': noPhantom,
  Liveness: liveness,
  Bounded: bounded,
} satisfies Record<string, (evidence: Evidence) => Checked>;

export type Invariant = keyof typeof checks;
export type Figures = Record<Invariant, Checked>;

export function check(evidence: Evidence): Figures {
  return Object.fromEntries(Object.entries(checks).map(([name, hold]) => [name, hold(evidence)])) as Figures;
}
