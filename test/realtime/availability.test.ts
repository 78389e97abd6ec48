import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readSettings } from '../../src/config/env.ts';
import type { Task } from '../../src/models/index.ts';
import { Event } from '../../src/models/index.ts';
import type { ListEvent } from '../../src/shared/events.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { openTestDatabase } from '../support/database.ts';
import { makeFolder } from '../support/folder.ts';
import { addressOf, eventually, runServer, type Program } from '../support/process.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { createWorld, type Person, type World } from '../support/world.ts';
import { createTask } from '../../src/models/task/commands.ts';

const inMs = (ms: number): Date => new Date(Date.now() + ms);
const plan = ({ viewer, list }: Person, window: { availableFrom?: Date; availableUntil?: Date }): Promise<Task> =>
  createTask(viewer, { listId: list.id, description: 'Water the plants', ...window });

/** Waits for the update and asserts that it is neither early nor 2 s late. */
async function updatedInTime(tab: Tab, { id }: Task, available: boolean, time: Date): Promise<void> {
  await tab.waitFor('task_updated', (task) => 'description' in task && task.id === id && task.available === available);
  const late = Date.now() - time.getTime();
  assert.ok(late >= 0 && late < 2000, `${String(late)} ms after its time`);
}

describe('A tab', () => {
  let app: TestApp;
  let world: World;

  before(async () => {
    app = await startApp();
    world = await createWorld(app);
  });
  after(() => app.close());

  it('receives an update without an actor when a task becomes available and when it no longer is', async () => {
    const tab = await openTab(world.ana);
    const [from, until] = [inMs(700), inMs(2400)];
    const task = await plan(world.ana, { availableFrom: from, availableUntil: until });
    const created = await tab.waitFor('new_task', ({ id }) => id === task.id);
    assert.equal('description' in created && created.available, false);
    await updatedInTime(tab, task, true, from);
    await updatedInTime(tab, task, false, until);
    assert.deepEqual(
      tab.all('task_updated').map(({ actor, revision }) => ({ actor, revision })),
      [
        { actor: null, revision: 2 },
        { actor: null, revision: 3 },
      ],
    );
    tab.close();
  });

  it('catches up with it after a reconnect', async () => {
    const tab = await openTab(world.bob);
    const task = await plan(world.bob, { availableFrom: inMs(300) });
    const {
      list: { id, epoch, version },
    } = await tab.waitFor('new_task');
    tab.close();
    await eventually(async () => (await task.reload()).available, 'the task to become available');
    const again = await openTab(world.bob);
    const answer = (await again.catchUp({ [id]: { epoch, version } })) as Record<string, { events: ListEvent[] }>;
    assert.deepEqual(
      answer[id]?.events.map(({ name }) => name),
      ['task_updated'],
    );
    again.close();
  });
});

describe('Several processes', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  const folder = makeFolder();
  const running: Program[] = [];
  let env: Record<string, string>;
  let ana: Person;

  before(async () => {
    database = await openTestDatabase();
    env = {
      DATABASE_URL: database.url,
      DATABASE_SSL: 'off',
      DATA_DIR: folder.dir,
      SESSION_SECRET: 'a secret for tests only',
    };
    ({ ana } = await createWorld({ url: '', settings: readSettings(env) }));
  });
  after(async () => {
    await Promise.all(running.map((program) => program.kill()));
    await database.close();
    folder.remove();
  });

  const startServer = async (): Promise<{ client: Client }> => {
    const program = runServer(env);
    running.push(program);
    return { client: new Client(await addressOf(program), Object.fromEntries(ana.client.cookies)) };
  };
  const changesOf = ({ id }: Task): Promise<Event[]> =>
    Event.findAll({ where: { subjectId: id, name: 'task_updated' }, order: ['version'] });

  it('update a task once, and notify the tabs of each process', async () => {
    const tabs = await Promise.all(
      (await Promise.all([startServer(), startServer()])).map((client) => openTab(client)),
    );
    const from = inMs(1000);
    const tasks = await Promise.all(Array.from({ length: 20 }, () => plan(ana, { availableFrom: from })));
    await Promise.all(tabs.flatMap((tab) => tasks.map((task) => updatedInTime(tab, task, true, from))));
    for (const task of tasks) assert.equal((await changesOf(task)).length, 1);
    for (const tab of tabs) {
      assert.equal(tab.all('task_updated').length, tasks.length);
      tab.close();
    }
  });

  it('apply at startup what became due while none was running', async () => {
    await Promise.all(running.splice(0).map((program) => program.kill()));
    const [starting, ending] = [
      await plan(ana, { availableFrom: inMs(200) }),
      await plan(ana, { availableUntil: inMs(200) }),
    ];
    const time = inMs(200);
    await eventually(() => new Date() > time, 'the due time');
    await startServer();
    await eventually(
      async () => (await starting.reload()).available && !(await ending.reload()).available,
      'both to change',
    );
    assert.deepEqual(
      { starting: (await changesOf(starting)).length, ending: (await changesOf(ending)).length },
      { starting: 1, ending: 1 },
    );
  });
});
