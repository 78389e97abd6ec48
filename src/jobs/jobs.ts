import { Event, Task } from '../models/index.ts';
import { limits } from '../shared/limits.ts';
import { pruneIdempotencyKeys } from '../models/api-token/idempotency.ts';
import { pruneAudit } from '../models/audit/commands.ts';
import { pruneSessions } from '../models/session/commands.ts';

/** Something that time makes necessary, and that one process at a time does for all. */
export interface Job {
  name: string;
  /** After the start of a process, and then again and again; a little more or less. */
  firstMs: number;
  everyMs: number;
  /** It keeps processes apart by itself, and its batch is not one transaction: it waits for somebody outside. */
  leased?: boolean;
  /** One small part of it, in one short transaction. @returns how much was done; 0 ends it until its next time */
  batch: () => Promise<number>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export const jobs: readonly Job[] = [
  // Tasks appear within a second of their time, whatever is added to half of it.
  { name: 'tasks whose time has come', firstMs: 100, everyMs: 500, batch: () => Task.refreshAvailability() },
  { name: 'events', firstMs: 5 * MINUTE, everyMs: HOUR, batch: () => Event.prune(limits.pruneBatch) },
  { name: 'idempotency keys', firstMs: 6 * MINUTE, everyMs: HOUR, batch: () => pruneIdempotencyKeys() },
  { name: 'sessions', firstMs: 7 * MINUTE, everyMs: HOUR, batch: () => pruneSessions() },
  { name: 'audit', firstMs: 8 * MINUTE, everyMs: HOUR, batch: () => pruneAudit() },
];
