import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it, type TestContext } from 'node:test';
import { pino } from 'pino';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { type List, Task, Follow } from '../../src/models/index.ts';
import { defaultLimits } from '../../src/realtime/sockets/limits.ts';
import { startInboxCounts } from '../../src/realtime/delivery/inbox.ts';
import { listRoom, userRoom, type Tabs } from '../../src/realtime/sockets/sockets.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { recorder, type Recorder } from '../support/recorder.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { createWorld, type Person, type World } from '../support/world.ts';
import { addMember, createTeam, removeMember } from '../../src/models/team/commands.ts';
import { database } from '../../src/database/sql.ts';
import { followTask } from '../../src/models/follow/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { completeTask, createTask, reopenTask } from '../../src/models/task/commands.ts';
/** Time limit in milliseconds for updating the count. */
const LIMIT_MS = 2000;

let app: TestApp;
let world: World;
let ana: Person;
let bob: Person;
let list: List;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  ({ ana, bob } = world);
  const team = await createTeam(ana.viewer, 'The house');
  await addMember(team, ana.user.id, bob.user.id);
  list = await findTeamList(team.id);
});
after(() => app.close());
beforeEach(() => Follow.update({ read: true }, { where: {} }));

const followedByBob = async (description: string): Promise<Task> => {
  const task = await createTask(ana.viewer, { listId: list.id, description });
  await followTask(bob.viewer, task.id);
  return task;
};

describe('the unread count', () => {
  const tabs: Tab[] = [];
  const open = async (person: Person): Promise<Tab> => {
    const tab = await openTab(person);
    tabs.push(tab);
    return tab;
  };
  const counts = (tab: Tab): number[] => tab.all('inbox_updated').map(({ unread }) => unread);
  const waitForUnread = (tab: Tab, unread: number): Promise<void> =>
    tab.received.until(() => counts(tab).at(-1) === unread, LIMIT_MS);
  afterEach(() => {
    for (const tab of tabs.splice(0)) tab.close();
  });

  it('is sent to each tab when it connects', async () => {
    const task = await followedByBob('Before');
    await completeTask(task, ana.viewer);
    await waitForUnread(await open(bob), 1);
    await waitForUnread(await open(world.eve), 0);
  });

  it('rises in all tabs of followers when someone else changes a task, and is sent once', async () => {
    const [one, two] = [await open(bob), await open(bob)];
    await Promise.all([waitForUnread(one, 0), waitForUnread(two, 0)]);
    const task = await followedByBob('Risen');
    await completeTask(task, ana.viewer);
    await Promise.all([waitForUnread(one, 1), waitForUnread(two, 1)]);
    await reopenTask(task, ana.viewer);
    await completeTask(await followedByBob('Another'), ana.viewer);
    await Promise.all([waitForUnread(one, 2), waitForUnread(two, 2)]);
    assert.deepEqual({ one: counts(one), two: counts(two) }, { one: [0, 1, 2], two: [0, 1, 2] });
  });

  it('falls in the other tabs when an item is read, whichever way', async () => {
    const task = await followedByBob('Read');
    const tab = await open(bob);
    const makeUnread = async (): Promise<void> => {
      await task.reload();
      await (task.completed ? reopenTask(task, ana.viewer) : completeTask(task, ana.viewer));
      await waitForUnread(tab, 1);
    };
    await makeUnread();
    await bob.client.post(`/tasks/${String(task.id)}/reading`);
    await waitForUnread(tab, 0);
    await makeUnread();
    const until = /name="until" value="(\d+)"/.exec((await bob.client.get('/inbox')).text)?.[1] ?? '';
    await bob.client.post('/inbox/reading', { until });
    await waitForUnread(tab, 0);
    await makeUnread();
    await bob.client.delete(`/tasks/${String(task.id)}/follow`);
    await waitForUnread(tab, 0);
  });

  it('does not rise for non-followers, the author of the change, or other users', async () => {
    const [bobTab, anaTab, eveTab] = [await open(bob), await open(ana), await open(world.eve)];
    await Promise.all([bobTab, anaTab, eveTab].map((tab) => waitForUnread(tab, 0)));
    await completeTask(await followedByBob('Only for bob'), ana.viewer);
    await waitForUnread(bobTab, 1);
    assert.deepEqual({ ana: counts(anaTab), eve: counts(eveTab) }, { ana: [0], eve: [0] });
    assert.deepEqual(
      bobTab.all('inbox_updated').map((message) => Object.keys(message)),
      [['unread'], ['unread']],
    );
  });

  it('no longer includes a team that was left', async () => {
    const team = await createTeam(ana.viewer, 'A short stay');
    await addMember(team, ana.user.id, bob.user.id);
    const task = await createTask(ana.viewer, { listId: (await findTeamList(team.id)).id, description: 'Theirs' });
    await followTask(bob.viewer, task.id);
    await completeTask(task, ana.viewer);
    const tab = await open(bob);
    await waitForUnread(tab, 1);
    await removeMember(team, ana.viewer, bob.user.id);
    await waitForUnread(tab, 0);
  });

  it('is right after a merge with more events than a burst', async () => {
    const tab = await open(bob);
    await waitForUnread(tab, 0);
    await Task.bulkCreate(
      Array.from({ length: 120 }, (_, n) => ({
        listId: list.id,
        userId: ana.user.id,
        assigneeId: bob.user.id,
        description: `Number ${String(n)}`,
      })),
    );
    await waitForUnread(tab, 100);
  });
});

describe('counting unread items', () => {
  interface TestServer {
    inbox: ReturnType<typeof startInboxCounts>;
    tabs: Tabs;
    open(person: Person, ...lists: List[]): Recorder<number>;
  }

  /** Starts a public socket.io server with inbox counts. */
  async function startInbox(t: TestContext, heartbeatMs: number): Promise<TestServer> {
    const http = createServer();
    const tabs: Tabs = new Server(http, { transports: ['websocket'] });
    tabs.use((tab, next) => {
      tab.data = { viewer: { id: Number(tab.handshake.auth.user) } as never, credentials: { sid: 'any' }, origin: '' };
      next();
    });
    tabs.on('connection', (tab) =>
      tab.join([userRoom(tab.data.viewer.id), ...(tab.handshake.auth.lists as number[]).map(listRoom)]),
    );
    const inbox = startInboxCounts({
      tabs,
      limits: { ...defaultLimits, inboxMs: 20, heartbeatMs },
      send: () => undefined,
      log: pino({ level: 'silent' }),
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    t.after(async () => {
      inbox.stop();
      await tabs.close();
    });
    const url = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
    return {
      inbox,
      tabs,
      open: (person, ...lists) => {
        const socket = io(url, {
          transports: ['websocket'],
          forceNew: true,
          auth: { user: person.user.id, lists: lists.map(({ id }) => id) },
        });
        t.after(() => socket.disconnect());
        const counts = recorder<number>();
        socket.on('inbox_updated', ({ unread }: { unread: number }) => {
          counts.add(unread);
        });
        return counts;
      },
    };
  }
  const last =
    (n: number) =>
    (all: number[]): boolean =>
      all.at(-1) === n;

  it('is corrected by the heartbeat if all hints are lost', async (t) => {
    const { open } = await startInbox(t, 50);
    const counts = open(bob);
    await counts.until(last(0));
    const task = await followedByBob('Without a hint');
    await completeTask(task, ana.viewer);
    await counts.until(last(1));
    await Follow.update({ read: true }, { where: { userId: bob.user.id } });
    await counts.until(last(0));
  });

  it('takes one statement for all users of a list', async (t) => {
    const { inbox, open } = await startInbox(t, 60_000);
    const [anas, bobs] = [open(ana, list), open(bob, list)];
    await Promise.all([anas, bobs].map((counts) => counts.until(last(0))));
    const statements = t.mock.method(database(), 'query');
    await completeTask(await followedByBob('For both'), ana.viewer);
    for (let n = 0; n < 10; n += 1) inbox.listChanged(list.id);
    await bobs.until(last(1));
    const people = statements.mock.calls
      .filter(({ arguments: [text] }) => isUnreadCount(text))
      .map(({ arguments: [, options] }) => (options as { bind: [number[]] }).bind[0]);
    assert.ok(
      people.some((ids) => ids.length === 2 && ids.includes(ana.user.id) && ids.includes(bob.user.id)),
      JSON.stringify(people),
    );
    assert.ok(people.length <= 3, JSON.stringify(people));
    assert.deepEqual(anas.all, [0]);
  });

  it('continues after a database error', async (t) => {
    const { inbox, open } = await startInbox(t, 50);
    const counts = open(bob);
    await counts.until(last(0));
    let failures = 0;
    const query = database().query.bind(database()) as (...statement: unknown[]) => Promise<unknown>;
    const failing = t.mock.method(database(), 'query', (...statement: unknown[]) => {
      if (!isUnreadCount(statement[0])) return query(...statement);
      failures += 1;
      return Promise.reject(new Error('database down'));
    });
    await completeTask(await followedByBob('While the database is down'), ana.viewer);
    inbox.recount(bob.user.id);
    assert.ok(failures > 0);
    failing.mock.restore();
    await counts.until(last(1));
  });
});

const isUnreadCount = (text: unknown): boolean => String(text).includes('AS unread FROM unnest');
