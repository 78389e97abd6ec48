/**
 * Checks a run's evidence against the invariants. A pure function, so that tests can verify that it finds each kind of
 * error.
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

export interface CheckResult {
  /** What was checked, with numbers. */
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
} satisfies Record<string, (evidence: Evidence) => CheckResult>;

export type Invariant = keyof typeof checks;
export type CheckResults = Record<Invariant, CheckResult>;

export function check(evidence: Evidence): CheckResults {
  return Object.fromEntries(
    Object.entries(checks).map(([name, checkInvariant]) => [name, checkInvariant(evidence)]),
  ) as CheckResults;
}
