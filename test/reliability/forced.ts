/** Short loads in which locks in the database force an order of things that chance would bring once in a thousand times. */
import { setTimeout as after } from 'node:timers/promises';
import pg from 'pg';
import type { Connection } from '../../src/config/connection.ts';
import { eventually } from '../support/process.ts';
import { READING } from './broken-builds.ts';
import { query } from './database.ts';
import type { Setup } from './setup.ts';

/** How long a build that need not do something is given to do it. */
const CHANCE_MS = 1500;
/** Any number. */
const GATE = 4711;

/** The first of two changes is committed first, and what a build reads of it by itself comes last. */
export async function holdFirstRow(setup: Setup): Promise<void> {
  const { database } = setup;
  const [first, second] = [await setup.write('a1'), await setup.write('a2')];
  const held = await hold(database, 'SELECT pg_advisory_xact_lock($1, $2)', [READING, first]);
  await setup.complete(first);
  await setup.complete(second);
  await setup.seen(second, 2);
  await held.release();
  await setup.seen(first, 2);
}

/** A change is made, and its commit takes until whoever was told of it has looked. */
export async function holdCommit(setup: Setup): Promise<void> {
  const { database } = setup;
  const task = await setup.write('b1');
  await gateCommitsOf(database, task);
  const gate = await hold(database, 'SELECT pg_advisory_xact_lock($1)', [GATE]);
  const since = await now(database);
  const completed = setup.complete(task);
  await waiting(database, 1);
  await atMost(
    CHANCE_MS,
    eventually(() => hasRead(database, since), 'a reading'),
  );
  await gate.release();
  await completed;
  await setup.seen(task, 2);
}

/** A change is given up after it was numbered; then one is committed after a later one. */
export async function overtake(setup: Setup): Promise<void> {
  const { database } = setup;
  const [first, second] = [await setup.write('c1'), await setup.write('c2')];
  await query(database, `BEGIN; UPDATE tasks SET priority = 3 WHERE id = ${first}; ROLLBACK`);
  await setup.write('c3');
  await gateCommitsOf(database, first);
  const gate = await hold(database, 'SELECT pg_advisory_xact_lock($1)', [GATE]);
  const completed = setup.complete(first);
  await waiting(database, 1);
  const overtaking = setup.complete(second);
  await atMost(
    CHANCE_MS,
    overtaking.then(() => setup.current()),
  );
  await gate.release();
  await Promise.all([completed, overtaking]);
  await setup.seen(first, 2);
}

interface ClientPosition {
  release(): Promise<void>;
}

/** Takes a lock, as soon as it is to be had, and keeps it. */
async function hold(database: Connection, sql: string, parameters: unknown[]): Promise<ClientPosition> {
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

/** From now on whoever changes that task waits with the commit until the gate is open. */
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

/** Resolves when so many transactions wait for a lock. */
const waiting = (database: Connection, number: number): Promise<unknown> =>
  eventually(async () => {
    const found = await query(
      database,
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return found.length >= number;
  }, `${number} waiting transactions`);

const now = async (database: Connection): Promise<string> =>
  (await query<{ now: string }>(database, 'SELECT clock_timestamp()::text AS now'))[0]!.now;

/** Whether the log of a list has been read since then. */
async function hasRead(database: Connection, since: string): Promise<boolean> {
  const sql =
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%FROM events%' AND state = 'idle' AND query_start > $1::timestamptz";
  return (await query(database, sql, [since])).length > 0;
}

async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, after(milliseconds, undefined, { signal: done.signal }).catch(() => undefined)]);
  done.abort();
}
