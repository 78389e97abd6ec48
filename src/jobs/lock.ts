import type { Sequelize } from 'sequelize';
import { sql } from '../database/sql.ts';
import { unitOfWork } from '../database/transaction.ts';

/** Any number, the same in every process; apart from the one of the migrations. */
const LOCK = 7_245_002;

/**
 * Does the work in a transaction of its own, unless another process is at the same work just now. The lock is
 * the transaction's: it cannot outlive its process.
 * @returns what the work returns; 0 where another process is at it
 */
export function withJobLock(name: string, work: () => Promise<number>): Promise<number> {
  return unitOfWork(null, async () => {
    const [lock] = await sql<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS mine', [
      LOCK,
      name,
    ]);
    return lock?.mine ? work() : 0;
  });
}
