import { Semaphore } from '../lib/semaphore.ts';
import { database, poolSize } from './sql.ts';

/** How many connections of the pool each kind of heavy work may hold at once. */
export interface ConnectionShares {
  /** Merges, searches, and the batches of exports. */
  heavy: Semaphore;
  /** Sessions of new connections and catch-ups, apart, so that tabs stay current while somebody searches. */
  tabs: Semaphore;
  /** How many requests of one person are worked on at once. */
  requestsOfOne: number;
}

const shares = new WeakMap<object, ConnectionShares>();

/** Of the application's database. Together they leave two connections of a pool of four or more to everything else. */
export function connectionShares(): ConnectionShares {
  const owner = database();
  let share = shares.get(owner);
  if (!share) {
    const size = poolSize();
    const tabs = size < 6 ? 1 : 2;
    share = {
      heavy: new Semaphore(size - 2 - tabs),
      tabs: new Semaphore(tabs),
      requestsOfOne: Math.min(3, size - 2),
    };
    shares.set(owner, share);
  }
  return share;
}
