/**
 * One transaction for everything that a command does, in the name of a requester who still may, and announcements after
 * its commit.
 *
 * Measured on Sequelize 6.37.8: `transaction.afterCommit` runs even when COMMIT failed, and early inside a
 * nested transaction; a managed transaction whose promise has resolved is committed. So announcements wait
 * for the promise.
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueryTypes, Sequelize, type Transaction, type LOCK, type Model } from 'sequelize';
import { database, sql } from './sql.ts';
import { errorCode, translateRowLimit } from './errors.ts';
import { NotFoundError, UnauthorizedError } from '../lib/errors.ts';

interface Unit {
  transaction: Transaction;
  announcements: (() => void)[];
  ended: boolean;
}

const ATTEMPTS = 3;
/** deadlock_detected and serialization_failure: the only errors after which nothing can have been committed. */
const RETRIABLE = new Set(['40P01', '40001']);

const queryContext = new AsyncLocalStorage<Map<string, unknown>>();
const units = new AsyncLocalStorage<Unit>();

// Sequelize expects a cls-hooked namespace. Its reset at the end of a transaction is ignored, so that a branch of a
// failed Promise.all that goes on later meets "rollback has been called" instead of committing on its own.
Sequelize.useCLS({
  run: (work: (store: unknown) => unknown) => queryContext.run(new Map(), () => work(queryContext.getStore())),
  get: (key: string) => queryContext.getStore()?.get(key),
  set: (key: string, value: unknown) => {
    if (value !== null) queryContext.getStore()?.set(key, value);
  },
  bind: (work: () => unknown) => AsyncResource.bind(work),
});

/** What authenticates a request or a connection: a browser's session or an API token. */
export type Credentials = { sid: string } | { tokenId: number };

/** Who makes the current request: every unit of work in their name asks again whether they still may. */
export interface Requester {
  userId: number;
  credentials: Credentials;
}

const requesters = new AsyncLocalStorage<Requester>();

/** Runs a request's work, and whatever it waits for, in the name of the requester. */
export const runAs = <T>(requester: Requester, work: () => T): T => requesters.run(requester, work);

/**
 * SQL that is true while the requester's account and session, or token, last; with the values that it binds.
 * @param userId null or another user: nothing is asked
 * @param first the number of the first placeholder
 */
function stillMay(userId: number | null, first: number): { text: string; values: unknown[] } {
  const requester = requesters.getStore();
  if (requester?.userId !== userId) return { text: 'true', values: [] };
  const [user, credential] = [`$${String(first)}::integer`, `$${String(first + 1)}`];
  const { credentials } = requester;
  const lasts =
    'sid' in credentials
      ? // The session's id may have been replaced meanwhile.
        `sessions WHERE ${credential}::text IN (sid, previous_sid) AND expire > now()`
      : `api_tokens WHERE id = ${credential}::integer AND coalesce(expires_at > now(), true)`;
  return {
    text: `EXISTS (SELECT FROM users WHERE id = ${user} AND NOT disabled)
      AND EXISTS (SELECT FROM ${lasts} AND user_id = ${user})`,
    values: [userId, 'sid' in credentials ? credentials.sid : credentials.tokenId],
  };
}

/**
 * For reading that takes long, such as an export, and goes on outside of the request's own calls.
 * @returns a check to call before each step; it throws UnauthorizedError once the requester's access has ended
 */
export function accessGuard(userId: number): () => Promise<void> {
  const { text, values } = stillMay(userId, 1);
  return async () => {
    const [row] = await sql<{ allowed: boolean }>(`SELECT ${text} AS allowed`, values);
    if (!row?.allowed) throw new UnauthorizedError('errors.unauthorized');
  };
}

/**
 * Runs `work` in one transaction in the name of `actorId` (null: nobody), which every query inside joins by
 * itself. A unit inside a unit is part of the outer one. Deadlocks and serialization failures are tried again
 * from the start, three times at most, so `work` keeps no state outside.
 * @throws ValidationError where an owner would have more rows than the database allows (`limit_rows`)
 */
export async function unitOfWork<T>(
  actorId: number | null,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const outer = units.getStore();
  if (outer && !outer.ended) return work(outer.transaction);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptUnit(actorId, work);
    } catch (error) {
      if (attempt === ATTEMPTS || !RETRIABLE.has(errorCode(error))) throw translateRowLimit(error);
      await sleep(Math.random() * 20 * attempt);
    }
  }
}

async function attemptUnit<T>(actorId: number | null, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  let unit: Unit | undefined;
  try {
    const result = await database().transaction((transaction) => {
      unit = { transaction, announcements: [], ended: false };
      return units.run(unit, async () => {
        await setActor(actorId, transaction);
        return work(transaction);
      });
    });
    if (unit) {
      unit.ended = true;
      for (const announcement of unit.announcements) announcement();
    }
    return result;
  } finally {
    if (unit) unit.ended = true;
  }
}

/**
 * Records further changes of the unit under this user, such as an account that the unit has just created.
 * @throws UnauthorizedError where it is the requester, whose account, session or token has ended meanwhile
 */
export async function setActor(actorId: number | null, transaction: Transaction): Promise<void> {
  const { text, values } = stillMay(actorId, 2);
  const [row] = await database().query<{ allowed: boolean }>(
    `SELECT set_config('taskwire.actor', $1, true), ${text} AS allowed`,
    { bind: [String(actorId ?? ''), ...values], transaction, type: QueryTypes.SELECT },
  );
  if (!row?.allowed) throw new UnauthorizedError('errors.unauthorized');
}

/** For the model hooks: at once outside a unit, after the commit inside one, never when it is rolled back. */
export function afterCommit(announcement: () => void): void {
  const unit = units.getStore();
  if (unit && !unit.ended) unit.announcements.push(announcement);
  else announcement();
}

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
