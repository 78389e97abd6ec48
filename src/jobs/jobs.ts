/** Background work that one process at a time does for all of them. */
import { subscribe } from '../events/index.ts';
import { nextAvailabilityChange } from '../models/task/availability.ts';
import { limits } from '../shared/limits.ts';
import { pruneIdempotencyKeys } from '../models/api-token/idempotency.ts';
import { pruneAudit } from '../models/audit/commands.ts';
import { pruneSessions } from '../models/session/commands.ts';
import { pruneEvents } from '../models/event/retention.ts';
import { pruneRegistrations } from '../models/user/pending-registrations.ts';
import { refreshAvailability } from '../models/task/commands.ts';

export interface Job {
  name: string;
  /** Milliseconds from the start of the process to the first run, randomized by 20%. */
  firstMs: number;
  /** The longest time from one run to the next, randomized by 20%. */
  everyMs: number;
  /** The shortest time from one run to the next, whatever is due. */
  pauseMs?: number;
  /**
   * Coordinates processes by itself (it waits for something outside the database), so its batch gets no transaction.
   */
  leased?: boolean;
  /** One small part of the work, in one short transaction. @returns how much was done; 0 ends the run */
  batch: () => Promise<number>;
  /** Milliseconds until something is due, null if nothing is; asked after each run and after each wake. */
  nextDue?: () => Promise<number | null>;
  /** Calls `wake` when something may be due earlier than known. @returns a function that ends the subscription */
  subscribe?: (wake: () => void) => () => void;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export const jobs: readonly Job[] = [
  {
    name: 'availability',
    firstMs: 100,
    everyMs: MINUTE,
    // A due task that somebody is writing at the moment is skipped and tried again after this.
    pauseMs: 250,
    batch: () => refreshAvailability(),
    nextDue: nextAvailabilityChange,
    subscribe(wake) {
      const subscriptions = [subscribe('changed', wake), subscribe('changed_elsewhere', wake)];
      return () => {
        for (const unsubscribe of subscriptions) unsubscribe();
      };
    },
  },
  { name: 'events', firstMs: 5 * MINUTE, everyMs: HOUR, batch: () => pruneEvents(limits.pruneBatch) },
  { name: 'idempotency keys', firstMs: 6 * MINUTE, everyMs: HOUR, batch: () => pruneIdempotencyKeys() },
  { name: 'sessions', firstMs: 7 * MINUTE, everyMs: HOUR, batch: () => pruneSessions() },
  { name: 'audit', firstMs: 8 * MINUTE, everyMs: HOUR, batch: () => pruneAudit() },
  { name: 'registrations', firstMs: 9 * MINUTE, everyMs: HOUR, batch: () => pruneRegistrations() },
];
