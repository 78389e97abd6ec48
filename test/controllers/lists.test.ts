import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Category, Event, Task } from '../../src/models/index.ts';
import type { CatchUpAnswer, Position } from '../../src/shared/events.ts';
import { limits } from '../../src/shared/limits.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { Answer, Client, Form } from '../support/client.ts';
import { eventually } from '../support/process.ts';
import { openTab } from '../support/socket.ts';
import { createWorld, type Person, type World } from '../support/world.ts';
import { destroySession } from '../../src/models/session/commands.ts';
import { listPositions } from '../../src/models/list/queries.ts';
import { moveToTrash } from '../../src/models/task/commands.ts';
describe('GET /lists/:id/events', () => {
  let app: TestApp;
  let world: World;
  before(async () => {
    app = await startApp();
    world = await createWorld(app);
  });
  after(() => app.close());

  const get = (client: Client, listId: number | string, query: Form): Promise<Answer> =>
    client.get(`/lists/${String(listId)}/events`, query, { accept: 'application/json' });
  const bodyOf = ({ status, text }: Answer): CatchUpAnswer => {
    assert.equal(status, 200, text);
    return JSON.parse(text) as CatchUpAnswer;
  };
  const position = async ({ list }: Person): Promise<Position> => (await listPositions([list.id]))[list.id]!;

  it('gives the same response as the socket from any version', async () => {
    const { ana } = world;
    const category = await Category.create({ listId: ana.list.id, name: { original: 'print' }, color: 'red' });
    const [kept, gone] = [
      await Task.create({ listId: ana.list.id, userId: ana.user.id, description: 'Kept', notes: 'with\nnotes' }),
      await Task.create({ listId: ana.list.id, userId: ana.user.id, description: 'Gone' }),
    ];
    await ana.client.patch(`/tasks/${String(kept.id)}`, {
      description: 'Kept on',
      textRevision: '1',
      categoryIds: String(category.id),
    });
    await moveToTrash(gone, ana.viewer);
    const now = await position(ana);
    const tab = await openTab(ana);
    const heldOnes: Position[] = [0, 1, 2, now.version - 1, now.version, now.version + 1].map((version) => ({
      epoch: now.epoch,
      version,
    }));
    heldOnes.push({ epoch: 'another', version: now.version }, { epoch: '', version: 0 });
    const versions: (number | 'reset')[] = [];
    for (const held of heldOnes) {
      const answer = bodyOf(await get(ana.client, ana.list.id, { since: String(held.version), epoch: held.epoch }));
      assert.deepEqual(answer, await tab.catchUp({ [ana.list.id]: held }), JSON.stringify(held));
      const found = answer[ana.list.id]!;
      versions.push('events' in found ? found.events.length : 'reset');
    }
    assert.deepEqual(versions, [now.version, now.version - 1, now.version - 2, 1, 0, 'reset', 'reset', 'reset']);
    tab.close();
  });

  it('gives the same response as the socket for a pruned log, too many events or too much text', async () => {
    const { bob } = world;
    const tab = await openTab(bob);
    const write = (count: number, notes: string | null): Promise<unknown> =>
      Task.bulkCreate(
        Array.from({ length: count }, (_, n) => ({
          listId: bob.list.id,
          userId: bob.user.id,
          description: `Of many, ${String(n)}`,
          notes,
        })),
      );
    const both = async (held: Position): Promise<CatchUpAnswer[string] | undefined> => {
      const answer = bodyOf(await get(bob.client, bob.list.id, { since: String(held.version), epoch: held.epoch }));
      assert.deepEqual(answer, await tab.catchUp({ [bob.list.id]: held }));
      return answer[bob.list.id];
    };
    const first = await position(bob);
    await write(2, null);
    await Event.destroy({ where: { listId: bob.list.id, version: first.version + 1 } });
    assert.deepEqual(await both(first), { ...(await position(bob)), reset: true });
    const second = await position(bob);
    await write(limits.catchUp, null);
    assert.equal(((await both(second)) as { events?: unknown[] }).events?.length, limits.catchUp);
    await write(1, null);
    assert.deepEqual(await both(second), { ...(await position(bob)), reset: true });
    const third = await position(bob);
    await write(limits.catchUpText / limits.notes + 1, 'x'.repeat(limits.notes));
    assert.deepEqual(await both(third), { ...(await position(bob)), reset: true });
    tab.close();
  });

  it('compares only versions without an epoch', async () => {
    const { ana } = world;
    const { epoch, version } = await position(ana);
    assert.deepEqual(bodyOf(await get(ana.client, ana.list.id, { since: String(version) })), {
      [ana.list.id]: { epoch, version, events: [] },
    });
    assert.deepEqual(bodyOf(await get(ana.client, ana.list.id, { since: String(Number.MAX_SAFE_INTEGER) })), {
      [ana.list.id]: { epoch, version, reset: true },
    });
  });

  it('is JSON that is not cached', async () => {
    const { headers } = await get(world.ana.client, world.ana.list.id, { since: '0' });
    assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('A12: rejects anything but an integer from 0, with an error that says so', async () => {
    const { ana } = world;
    const wrong = [
      '-1',
      '1e99',
      'abc',
      '',
      ' 1',
      '1.5',
      '0x1',
      '+1',
      '9007199254740992',
      '99999999999999999999',
      '١',
      'NaN',
      'null',
    ];
    for (const since of wrong) {
      const { status, text } = await get(ana.client, ana.list.id, { since });
      assert.equal(status, 400, since);
      assert.match((JSON.parse(text) as { detail: string }).detail, /whole number; since=0/);
    }
    for (const query of [
      '',
      'since=%00',
      'since=1&since=2',
      'since[]=1',
      'since[a]=1',
      'since=1&epoch=a&epoch=b',
      `since=1&epoch=${'e'.repeat(65)}`,
      '__proto__[since]=1',
    ])
      assert.equal((await get(ana.client, `${String(ana.list.id)}/events?${query}#`, {})).status, 400, query);
  });

  it("A12, A17: gives the same response for another person's list as for an unknown one", async () => {
    const { ana, bob } = world;
    const answers = await Promise.all(
      [bob.list.id, 2147483647, '2147483648', 'abc', '1e3', '-1'].map((id) => get(ana.client, id, { since: '0' })),
    );
    const plain = answers.map(({ status, text }) => ({ status, ...(JSON.parse(text) as object), requestId: null }));
    for (const answer of plain) assert.deepEqual(answer, { ...plain[0], status: 404 });
  });

  it('A10: answers 401 to a program without a session, or with an ended one', async () => {
    assert.equal((await get(world.anon, world.ana.list.id, { since: '0' })).status, 401);
    const other = await world.signIn(world.ana);
    assert.equal((await get(other.client, other.list.id, { since: '0' })).status, 200);
    await destroySession(other.sid, 'revoked');
    assert.equal((await get(other.client, other.list.id, { since: '0' })).status, 401);
  });

  it('A14: queues many requests of one person, together with those of the sockets', async () => {
    const { eve, bob } = world;
    const held = await position(eve);
    const tab = await openTab(eve);
    const lock = await app.sequelize.transaction();
    await app.sequelize.query('LOCK TABLE events IN ACCESS EXCLUSIVE MODE', { transaction: lock });
    const answers = Promise.all(Array.from({ length: 10 }, () => get(eve.client, eve.list.id, { since: '0' })));
    const told = tab.catchUp({ [eve.list.id]: held });
    const waiting = async (): Promise<number> => {
      const [[row]] = (await app.sequelize.query(
        `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%"logListId"%'`,
      )) as [[{ n: number }], unknown];
      return row.n;
    };
    await eventually(async () => (await waiting()) > 0, 'a catch-up that waits for the lock');
    assert.equal((await bob.client.get('/tasks')).status, 200);
    assert.equal(await waiting(), 1);
    await lock.rollback();
    for (const answer of await answers) assert.equal(answer.status, 200);
    assert.ok(!('error' in (await told)));
    tab.close();
  });
});
