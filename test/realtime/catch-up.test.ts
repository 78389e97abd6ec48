import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Task } from '../../src/models/index.ts';
import type { CatchUpAnswer, Position } from '../../src/shared/events.ts';
import { limits } from '../../src/shared/limits.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { createWorld, type Person, type World } from '../support/world.ts';
import { listPositions } from '../../src/models/list/queries.ts';
import { completeTask } from '../../src/models/task/commands.ts';

describe('catch-up', () => {
  let app: TestApp;
  let world: World;
  let ana: Person;
  let tabs: Tab[] = [];
  before(async () => {
    app = await startApp();
    world = await createWorld(app);
    ({ ana } = world);
  });
  afterEach(() => {
    for (const tab of tabs) tab.close();
    tabs = [];
  });
  after(() => app.close());

  const open = async (person: Person, options = {}): Promise<Tab> => {
    const tab = await openTab(person, options);
    tabs.push(tab);
    return tab;
  };
  const write = (person: Person, description: string): Promise<Task> =>
    Task.create({ listId: person.list.id, userId: person.user.id, description });
  const position = async (person: Person): Promise<Position> =>
    (await listPositions([person.list.id]))[person.list.id]!;
  const catchUpList = async (tab: Tab, person: Person, held: Position): Promise<CatchUpAnswer[string] | undefined> =>
    ((await tab.catchUp({ [person.list.id]: held })) as CatchUpAnswer)[person.list.id];

  it('returns exactly what was committed while the tab was disconnected', async () => {
    const tab = await open(ana, { reconnection: true });
    const before = await position(ana);
    tab.socket.io.engine.close();
    await tab.ends.until((all) => all.length === 1);
    const created = [await write(ana, 'While away 1'), await write(ana, 'While away 2')];
    await completeTask(created[0]!, ana.viewer);
    if (!tab.socket.connected)
      await new Promise<void>((resolve) => {
        tab.socket.once('connect', resolve);
      });

    const answer = await catchUpList(tab, ana, before);
    assert.ok(answer && 'events' in answer);
    assert.equal(answer.version, before.version + 3);
    assert.deepEqual(
      answer.events.map(({ name, payload }) => ({
        name,
        id: payload.id,
        versionAfter: payload.list.version - before.version,
      })),
      [
        { name: 'new_task', id: created[0]!.id, versionAfter: 1 },
        { name: 'new_task', id: created[1]!.id, versionAfter: 2 },
        { name: 'task_updated', id: created[0]!.id, versionAfter: 3 },
      ],
    );
    const next = await write(ana, 'After the catch-up');
    const event = await tab.waitFor('new_task', ({ id }) => id === next.id);
    assert.equal(event.list.version, answer.version + 1);
  });

  it('returns nothing if nothing was missed', async () => {
    const tab = await open(ana);
    const now = await position(ana);
    assert.deepEqual(await catchUpList(tab, ana, now), { ...now, events: [] });
  });

  it('returns reset to a tab that is ahead, of another epoch or too far behind', async () => {
    const tab = await open(ana);
    const now = await position(ana);
    assert.deepEqual(await catchUpList(tab, ana, { ...now, version: now.version + 1 }), { ...now, reset: true });
    assert.deepEqual(await catchUpList(tab, ana, { ...now, version: Number.MAX_SAFE_INTEGER }), {
      ...now,
      reset: true,
    });
    assert.deepEqual(await catchUpList(tab, ana, { ...now, epoch: 'another' }), { ...now, reset: true });
    await Task.bulkCreate(
      Array.from({ length: limits.catchUp + 1 }, (_, n) => ({
        listId: ana.list.id,
        userId: ana.user.id,
        description: `Far behind, ${String(n)}`,
      })),
    );
    const far = await position(ana);
    assert.deepEqual(await catchUpList(tab, ana, now), { ...far, reset: true });
    const near = await catchUpList(tab, ana, { ...now, version: now.version + 1 });
    assert.ok(near && 'events' in near && near.events.length === limits.catchUp);
  });

  it('returns reset if the log has been pruned or the answer would be too large', async () => {
    const { bob } = world;
    const tab = await open(bob);
    const held = await position(bob);
    await write(bob, 'Pruned');
    await write(bob, 'Kept');
    await app.sequelize.query('DELETE FROM events WHERE list_id = $1 AND version = $2', {
      bind: [bob.list.id, held.version + 1],
    });
    assert.deepEqual(await catchUpList(tab, bob, held), { ...(await position(bob)), reset: true });

    const current = await position(bob);
    await Task.bulkCreate(
      Array.from({ length: 60 }, () => ({
        listId: bob.list.id,
        userId: bob.user.id,
        description: 'Long',
        notes: 'x'.repeat(limits.notes),
      })),
    );
    assert.deepEqual(await catchUpList(tab, bob, current), { ...(await position(bob)), reset: true });
  });

  it('returns nothing for a list that is not visible or does not exist', async () => {
    const tab = await open(ana);
    const now = await position(ana);
    const answer = await tab.catchUp({
      [world.bob.list.id]: { epoch: now.epoch, version: 0 },
      2147483647: now,
      [ana.list.id]: now,
    });
    assert.deepEqual(answer, { [ana.list.id]: { ...now, events: [] } });
  });

  it('leaves no gap between its answer and the first event, even on a busy list', async () => {
    const { eve } = world;
    let writing = true;
    const writer = (async () => {
      for (let n = 0; writing; n += 1) await write(eve, `Busy ${String(n)}`);
    })();
    for (let round = 0; round < 15; round += 1) {
      const held = await position(eve);
      const tab = await openTab(eve);
      const answer = await catchUpList(tab, eve, held);
      assert.ok(answer && 'events' in answer);
      await tab.waitFor('new_task', ({ list }) => list.version > answer.version + 1);
      const seen = [
        ...answer.events.map(({ payload }) => payload.list.version),
        ...tab
          .all('new_task')
          .map(({ list }) => list.version)
          .filter((version) => version > answer.version),
      ];
      assert.deepEqual(
        seen,
        seen.map((_, n) => held.version + 1 + n),
      );
      tab.close();
    }
    writing = false;
    await writer;
  });
});
