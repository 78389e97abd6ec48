import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Task } from '../../src/models/index.ts';
import type { Viewer } from '../../src/database/visible-lists.ts';
import { ListReader } from '../../src/realtime/delivery/reader.ts';
import type { ListEvent, Position } from '../../src/shared/events.ts';
import { limits } from '../../src/shared/limits.ts';
import { openTestDatabase } from '../support/database.ts';
import { person } from '../support/people.ts';
import { listPositions } from '../../src/models/list/queries.ts';

describe('a list reader', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let ana: Viewer;
  let emitted: ListEvent[];
  let announced: Position[];
  let reader: ListReader;
  before(async () => {
    database = await openTestDatabase();
    ana = await person('ana');
  });
  after(() => database.close());
  beforeEach(async () => {
    emitted = [];
    announced = [];
    reader = new ListReader(ana.listId, {
      emit: (_listId, event) => {
        emitted.push(event);
      },
      sendVersions: (_listId, position) => {
        announced.push(position);
      },
      leaveListRoom: () => assert.fail('no member has left'),
      updateRooms: () => Promise.resolve(),
    });
    await reader.base();
  });

  const write = (n: number): Promise<Task[]> =>
    Task.bulkCreate(
      Array.from({ length: n }, (_, i) => ({ listId: ana.listId, userId: ana.id, description: `Task ${String(i)}` })),
    );
  const position = async (): Promise<Position> => (await listPositions([ana.listId]))[ana.listId]!;
  const versions = (): number[] => emitted.map(({ payload }) => payload.list.version);

  it('starts at the list’s current version', async () => {
    assert.deepEqual(reader.delivered, await position());
    await reader.wake();
    assert.deepEqual(emitted, []);
  });

  it('emits each event once and in order, however often it is woken', async () => {
    const { version } = reader.delivered!;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        await write(1);
        await Promise.all([reader.wake(), reader.wake(), reader.wake()]);
      }),
    );
    assert.deepEqual(
      versions(),
      Array.from({ length: 20 }, (_, n) => version + 1 + n),
    );
    assert.deepEqual(announced, []);
    assert.deepEqual(reader.delivered, await position());
  });

  it('resolves wake() when everything committed before it is delivered, also during a read', async () => {
    for (let round = 0; round < 20; round += 1) {
      const early = reader.wake();
      const [task] = await write(1);
      await reader.wake();
      assert.equal(emitted.at(-1)?.payload.id, task!.id);
      await early;
    }
  });

  it('sends the version instead of more than a burst', async () => {
    await write(limits.burst + 1);
    await reader.wake();
    assert.deepEqual({ emitted, announced }, { emitted: [], announced: [await position()] });
    await write(limits.burst);
    await reader.wake();
    assert.equal(emitted.length, limits.burst);
  });

  it('sends the version if the log has a gap, and continues from there', async () => {
    await write(3);
    await database.sequelize.query(
      'DELETE FROM events WHERE list_id = $1 AND version = (SELECT max(version) - 1 FROM events WHERE list_id = $1)',
      { bind: [ana.listId] },
    );
    await reader.wake();
    assert.deepEqual({ emitted, announced }, { emitted: [], announced: [await position()] });
    await write(1);
    await reader.wake();
    assert.equal(emitted.length, 1);
  });

  it('sends the version of another epoch, or one that went back', async () => {
    await database.sequelize.query('UPDATE lists SET epoch = gen_random_uuid() WHERE id = $1', { bind: [ana.listId] });
    await reader.wake();
    assert.deepEqual(announced, [await position()]);
    await database.sequelize.query('UPDATE lists SET version = version - 1 WHERE id = $1', { bind: [ana.listId] });
    await reader.wake();
    assert.deepEqual(announced[1], await position());
    await database.sequelize.query('UPDATE lists SET version = version + 1 WHERE id = $1', { bind: [ana.listId] });
  });

  it('rejects if reading fails, and delivers everything the next time', async () => {
    await write(2);
    await database.sequelize.query('ALTER TABLE events RENAME TO events_away');
    await assert.rejects(reader.wake());
    await database.sequelize.query('ALTER TABLE events_away RENAME TO events');
    await reader.wake();
    assert.equal(emitted.length, 2);
  });

  it('emits nothing after close()', async () => {
    await write(1);
    const pending = reader.wake();
    reader.close();
    await pending;
    assert.deepEqual(emitted, []);
  });

  it('finds nothing for a list that does not exist', async () => {
    const never = (): never => assert.fail('unexpected call');
    const missing = new ListReader(2_147_483_647, {
      emit: never,
      sendVersions: never,
      leaveListRoom: never,
      updateRooms: never,
    });
    await missing.wake();
    assert.deepEqual(missing.delivered, { epoch: '', version: 0 });
  });
});
