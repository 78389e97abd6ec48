import type { LOCK, Model, Transaction } from 'sequelize';
import { NotFoundError } from '../lib/errors.ts';
import { unitOfWork } from './transaction.ts';

/** The transaction in which an instance was locked last: a command inside another does not lock and read again. */
const lockedIn = new WeakMap<Model, Transaction>();

/**
 * A unit of work on a row that is locked and read first. An instance that is given takes the stored values, so that
 * nothing written meanwhile is overwritten unseen.
 * @param row the instance, or its id
 * @param find the row as the actor may see it, with this lock
 * @throws NotFoundError
 */
export function withRowLock<M extends Model & { id: number }, T>(
  actorId: number,
  row: M | number,
  find: (id: number, lock: LOCK) => Promise<M | null>,
  work: (row: M) => Promise<T>,
): Promise<T> {
  return unitOfWork(actorId, async (transaction) => {
    if (typeof row !== 'number' && lockedIn.get(row) === transaction) return work(row);
    const stored = await find(typeof row === 'number' ? row : row.id, transaction.LOCK.NO_KEY_UPDATE);
    if (!stored) throw new NotFoundError();
    const locked = typeof row === 'number' ? stored : row;
    if (locked !== stored) locked.set(stored.dataValues as object, { raw: true, reset: true });
    lockedIn.set(locked, transaction);
    return work(locked);
  });
}
