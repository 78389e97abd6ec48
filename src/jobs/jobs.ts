import { AuditEntry, IdempotencyKey, Session } from '../models/index.ts';
import { limits } from '../shared/limits.ts';
import { pruneEvents } from '../models/event/retention.ts';
import { refreshAvailability } from '../models/task/commands.ts';

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
  { name: 'tasks whose time has come', firstMs: 100, everyMs: 500, batch: () => refreshAvailability() },
  { name: 'events', firstMs: 5 * MINUTE, everyMs: HOUR, batch: () => pruneEvents(limits.pruneBatch) },
  { name: 'idempotency keys', firstMs: 6 * MINUTE, everyMs: HOUR, batch: () => IdempotencyKey.prune() },
  { name: 'sessions', firstMs: 7 * MINUTE, everyMs: HOUR, batch: () => Session.prune() },
  { name: 'audit', firstMs: 8 * MINUTE, everyMs: HOUR, batch: () => AuditEntry.prune() },
];
