import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { QueryTypes } from 'sequelize';
import { openTestDatabase } from '../support/database.ts';
import { startPresence, startTwoPresences } from '../support/presence.ts';
import { eventually } from '../support/process.ts';
import { recorder } from '../support/recorder.ts';
import { presentElsewhere, savePresence } from '../../src/models/presence/connections.ts';

const last =
  (n: number) =>
  (all: number[]): boolean =>
    all.at(-1) === n;

interface Row {
  process_id: string;
  user_id: number;
  list_id: number;
}

describe('presence', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.close());

  const rows = (): Promise<Row[]> =>
    database.sequelize.query<Row>(
      'SELECT process_id, user_id, list_id FROM presence ORDER BY user_id, list_id, process_id',
      { type: QueryTypes.SELECT },
    );
  const sql = (text: string): Promise<unknown> => database.sequelize.query(text);
  const waitUntilEmpty = (): Promise<true> => eventually(async () => (await rows()).length === 0, 'an empty table');

  it('counts people, not tabs, over exactly the lists that a tab sees', async (t) => {
    const { open } = await startPresence(t);
    const ana = open(1, 11, 30);
    await ana.counts.until(last(1));
    const anaToo = open(1, 11, 30);
    await anaToo.counts.until(last(1));
    const bob = open(2, 12, 30);
    await Promise.all([ana, anaToo, bob].map(({ counts }) => counts.until(last(2))));
    const eve = open(3, 13, 40);
    await eve.counts.until(last(1));
    const fourth = open(4, 30, 40);
    await fourth.counts.until(last(4));
    await Promise.all([ana, bob].map(({ counts }) => counts.until(last(3))));
    await eve.counts.until(last(2));

    bob.close();
    await Promise.all([ana, anaToo].map(({ counts }) => counts.until(last(2))));
    fourth.close();
    await eve.counts.until(last(1));
    anaToo.close();
    await ana.counts.until(last(1));
    assert.deepEqual(ana.counts.all, [1, 2, 3, 2, 1]);
    ana.close();
    eve.close();
    await waitUntilEmpty();
  });

  it('sends one number for many joins at once', async (t) => {
    // Long enough for many to join meanwhile, even on a busy machine.
    const { open } = await startPresence(t, { presenceMs: 300 });
    const first = open(100, 50);
    await first.counts.until(last(1));
    const crowd = Array.from({ length: 40 }, (_, n) => open(n, 50));
    await first.counts.until(last(41));
    await Promise.all(crowd.map(({ counts }) => counts.until(last(41))));
    assert.ok(first.counts.all.length < 20, first.counts.all.join());
    for (const tab of [first, ...crowd]) tab.close();
    await waitUntilEmpty();
  });

  it('counts people of other processes once each, as they join and leave', async (t) => {
    const [here, there] = await startTwoPresences(t);
    const ana = here.open(1, 30);
    const anaThere = there.open(1, 30);
    await Promise.all([ana, anaThere].map(({ counts }) => counts.until(last(1))));
    const bob = there.open(2, 30, 31);
    const eve = here.open(3, 31);
    await ana.counts.until(last(2));
    await bob.counts.until(last(3));
    await eve.counts.until(last(2));
    bob.close();
    await Promise.all([ana, anaThere, eve].map(({ counts }) => counts.until(last(1))));
    assert.deepEqual(
      await rows(),
      [here, there]
        .map(({ id }) => ({ process_id: id, user_id: 1, list_id: 30 }))
        .sort(byProcess)
        .concat([{ process_id: here.id, user_id: 3, list_id: 31 }]),
    );
    for (const tab of [ana, anaThere, eve]) tab.close();
    await waitUntilEmpty();
  });

  it('notices joins and dead processes without a hint', async (t) => {
    const { open } = await startPresence(t, { presenceRefreshMs: 50 });
    const ana = open(1, 30);
    await ana.counts.until(last(1));
    const killed = randomUUID();
    await savePresence(
      killed,
      [
        { userId: 2, listId: 30 },
        { userId: 3, listId: 99 },
      ],
      null,
    );
    await ana.counts.until(last(2));
    await sql(`UPDATE presence SET seen_at = now() - interval '16 seconds' WHERE process_id = '${killed}'`);
    await ana.counts.until(last(1));
    await sql(`UPDATE presence SET seen_at = now() - interval '61 seconds' WHERE process_id = '${killed}'`);
    await eventually(
      async () => (await rows()).every(({ process_id: id }) => id !== killed),
      'the rows of the killed process to be gone',
    );
    ana.close();
    await waitUntilEmpty();
  });

  it('continues in a process that was suspended for minutes', async (t) => {
    const { open } = await startPresence(t, { presenceRefreshMs: 50 });
    const ana = open(1, 30);
    await ana.counts.until(last(1));
    await sql("UPDATE presence SET seen_at = now() - interval '5 minutes'");
    await eventually(
      async () => (await presentElsewhere(randomUUID(), [30])).length === 1,
      'the row to be fresh again',
    );
    await sql('DELETE FROM presence');
    await eventually(async () => (await rows()).length === 1, 'the row to be back');
    ana.close();
    await waitUntilEmpty();
  });

  it('writes and sends nothing without tabs, for a second tab, or for a tab that reconnects at once', async (t) => {
    const one = await startPresence(t, { presenceRefreshMs: 20 });
    const statements = recorder<string>();
    const { options } = database.sequelize as unknown as {
      options: { logging: ((statement: string) => void) | false };
    };
    options.logging = (statement) => {
      statements.add(statement);
    };
    t.after(() => {
      options.logging = false;
    });
    await one.presence.close();
    assert.deepEqual(statements.all, []);

    const two = await startPresence(t, { presenceRefreshMs: 60_000 });
    const ana = two.open(1, 30);
    await ana.counts.until(last(1));
    const written = (): string[] => statements.all.filter((statement) => statement.includes('INSERT INTO presence'));
    assert.equal(written().length, 1);
    const anaToo = two.open(1, 30);
    await anaToo.counts.until(last(1));
    assert.equal(written().length, 1);
    assert.deepEqual(two.moved.all, [[30]]);
    for (const tab of [ana, anaToo]) tab.close();
    await waitUntilEmpty();
    await two.moved.until((all) => all.length === 2);
    assert.equal(written().length, 2);
  });

  it('counts the people of this process while the database is down', async (t) => {
    const { open } = await startPresence(t, { presenceRefreshMs: 50 });
    await sql('ALTER TABLE presence RENAME TO elsewhere');
    const ana = open(1, 30);
    await ana.counts.until(last(1));
    const bob = open(2, 30);
    await ana.counts.until(last(2));
    await sql('ALTER TABLE elsewhere RENAME TO presence');
    await eventually(async () => (await rows()).length === 2, 'both rows to be stored');

    const locking = new pg.Client(database.connection);
    await locking.connect();
    await locking.query('BEGIN; LOCK TABLE presence');
    bob.close();
    await ana.counts.until(last(1));
    await locking.end();
    ana.close();
    await waitUntilEmpty();
  });

  it('deletes its rows on close and notifies other processes', async (t) => {
    const [here, there] = await startTwoPresences(t);
    const [ana, bob] = [here.open(1, 30), there.open(2, 30)];
    await Promise.all([ana, bob].map(({ counts }) => counts.until(last(2))));
    await here.close();
    await bob.counts.until(last(1));
    assert.deepEqual(await rows(), [{ process_id: there.id, user_id: 2, list_id: 30 }]);
    for (const tab of [ana, bob]) tab.close();
    await waitUntilEmpty();
  });
});

const byProcess = (one: Row, other: Row): number => (one.process_id < other.process_id ? -1 : 1);
