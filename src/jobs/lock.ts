import { sql } from '../database/sql.ts';
import { unitOfWork } from '../database/transaction.ts';

/** Any constant that all processes share, different from the one of the migrations. */
const LOCK = 7_245_002;

/**
 * Runs the work in a transaction of its own, unless another process is running the same job. The advisory lock belongs
 * to the transaction, so it is released even if the process dies.
 * @returns what the work returns; 0 if another process holds the lock
 */
export function withJobLock(name: string, work: () => Promise<number>): Promise<number> {
  return unitOfWork(null, async () => {
    const [lock] = await sql<{ acquired: boolean }>('SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS acquired', [
      LOCK,
      name,
    ]);
    return lock?.acquired ? work() : 0;
  });
}
