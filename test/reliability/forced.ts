/** Short loads that use database locks to force an interleaving which would otherwise be rare. */
import { setTimeout as after } from 'node:timers/promises';
import pg from 'pg';
import type { Connection } from '../../src/config/connection.ts';
import { eventually } from '../support/process.ts';
import { READ_LOCK } from './broken-builds.ts';
import { query } from './database.ts';
import type { Setup } from './setup.ts';

/** How long to wait for something that a correct build doesn't do. */
const WAIT_LIMIT_MS = 1500;
/** Key of the advisory lock; an arbitrary number. */
const GATE = 4711;

/** Commits two changes in order, but delays reading the first in a hook until the second has arrived. */
export async function holdFirstRow(setup: Setup): Promise<void> {
  const { database } = setup;
  const [first, second] = [await setup.createTask('a1'), await setup.createTask('a2')];
  const lock = await hold(database, 'SELECT pg_advisory_xact_lock($1, $2)', [READ_LOCK, first]);
  await setup.complete(first);
  await setup.complete(second);
  await setup.waitForEvents(second, 2);
  await lock.release();
  await setup.waitForEvents(first, 2);
}

/** Delays a change's commit until a reader that was notified too early has read the log. */
export async function holdCommit(setup: Setup): Promise<void> {
  const { database } = setup;
  const task = await setup.createTask('b1');
  await gateCommitsOf(database, task);
  const gate = await hold(database, 'SELECT pg_advisory_xact_lock($1)', [GATE]);
  const since = await now(database);
  const completed = setup.complete(task);
  await waitForBlocked(database, 1);
  await waitAtMost(
    WAIT_LIMIT_MS,
    eventually(() => hasRead(database, since), 'a read of the log'),
  );
  await gate.release();
  await completed;
  await setup.waitForEvents(task, 2);
}

/** Rolls back a change that already has a version, then commits a change after one with a higher version. */
export async function overtake(setup: Setup): Promise<void> {
  const { database } = setup;
  const [first, second] = [await setup.createTask('c1'), await setup.createTask('c2')];
  await query(database, `BEGIN; UPDATE tasks SET priority = 3 WHERE id = ${first}; ROLLBACK`);
  await setup.createTask('c3');
  await gateCommitsOf(database, first);
  const gate = await hold(database, 'SELECT pg_advisory_xact_lock($1)', [GATE]);
  const completed = setup.complete(first);
  await waitForBlocked(database, 1);
  const overtaking = setup.complete(second);
  await waitAtMost(
    WAIT_LIMIT_MS,
    overtaking.then(() => setup.waitUntilCurrent()),
  );
  await gate.release();
  await Promise.all([completed, overtaking]);
  await setup.waitForEvents(first, 2);
}

interface HeldLock {
  release(): Promise<void>;
}

/** Waits for a lock and holds it. */
async function hold(database: Connection, sql: string, parameters: unknown[]): Promise<HeldLock> {
  const client = new pg.Client({ ...database, application_name: 'nemesis' });
  await client.connect();
  await client.query('BEGIN');
  await client.query(sql, parameters);
  return {
    async release() {
      await client.query('COMMIT');
      await client.end();
    },
  };
}

/** From now on commits that change the task wait until the gate is open. */
async function gateCommitsOf(database: Connection, task: number): Promise<void> {
  await query(
    database,
    `
    CREATE OR REPLACE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock_shared(${GATE});
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER gated_${task} AFTER UPDATE ON tasks DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (NEW.id = ${task}) EXECUTE FUNCTION wait_at_gate();`,
  );
}

/** Resolves when that many transactions wait for a lock. */
const waitForBlocked = (database: Connection, number: number): Promise<unknown> =>
  eventually(async () => {
    const found = await query(
      database,
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return found.length >= number;
  }, `${number} blocked transactions`);

const now = async (database: Connection): Promise<string> =>
  (await query<{ now: string }>(database, 'SELECT clock_timestamp()::text AS now'))[0]!.now;

/** Whether the list's log has been read since then. */
async function hasRead(database: Connection, since: string): Promise<boolean> {
  const sql =
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%FROM events%' AND state = 'idle' AND query_start > $1::timestamptz";
  return (await query(database, sql, [since])).length > 0;
}

async function waitAtMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, after(milliseconds, undefined, { signal: done.signal }).catch(() => undefined)]);
  done.abort();
}
