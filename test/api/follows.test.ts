import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { List } from '../../src/models/index.ts';
import { Task, Follow } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { completeTask, createTask, moveToTrash } from '../../src/models/task/commands.ts';
interface FollowBody {
  id: number;
  url: string;
  taskId: number;
  read: boolean;
}
interface FollowedTask {
  id: number;
  description: string;
  user: { id: number; name: string };
  follows: { id: number; read: boolean }[];
}
interface Account {
  followedTasks?: FollowedTask[];
}
interface Item {
  follow: FollowBody;
  task: { description: string; user: { name: string } };
  change: { name: string; changes: Record<string, unknown>; actor: { name: string } | null } | null;
}

let app: TestApp;
let world: World;
let ana: Program;
let bob: Program;
let eve: Program;
let list: List;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  [ana, bob, eve] = (await Promise.all([world.ana, world.bob, world.eve].map((person) => programOf(app, person)))) as [
    Program,
    Program,
    Program,
  ];
  const team = await createTeam(world.ana.viewer, 'The house');
  await addMember(team, world.ana.user.id, world.bob.user.id);
  list = await findTeamList(team.id);
});
after(() => app.close());
beforeEach(() => Follow.destroy({ where: {} }));

const write = (description: string): Promise<Task> => createTask(world.ana.viewer, { listId: list.id, description });

describe('/follows', () => {
  it('POST follows a task once and returns the Location', async () => {
    const task = await write('Paint the door');
    const created = await bob.post<FollowBody>('/follows', { taskId: task.id });
    assert.deepEqual(
      {
        status: created.status,
        taskId: created.body.taskId,
        read: created.body.read,
        location: created.headers.get('location'),
      },
      { status: 201, taskId: task.id, read: true, location: created.body.url },
    );
    assert.deepEqual((await bob.get(`/follows/${String(created.body.id)}`)).body, created.body);
    const again = await bob.post<FollowBody>('/follows', { taskId: task.id });
    assert.deepEqual({ status: again.status, body: again.body }, { status: 200, body: created.body });
  });

  it('PUT marks as read and unread, and accepts what GET returned', async () => {
    const { id } = await write('Read or not');
    const { body } = await bob.post<FollowBody>('/follows', { taskId: id });
    const path = `/follows/${String(body.id)}`;
    for (const read of [false, true, false]) {
      assert.equal((await bob.put<FollowBody>(path, { read })).body.read, read);
      assert.equal((await bob.put<FollowBody>(path, { ...body, read })).body.read, read);
      assert.equal((await bob.get<Item[]>('/inbox')).body.length, read ? 0 : 1);
    }
    for (const wrong of [{}, { read: 'yes' }, { read: null }, { read: 1 }, { read: true, userId: 1 }])
      assertProblem(await bob.put(path, wrong), { status: 422, code: 101 });
  });

  it('DELETE unfollows, once', async () => {
    const { id } = await write('No longer');
    const { body } = await bob.post<FollowBody>('/follows', { taskId: id });
    assert.equal((await bob.delete(`/follows/${String(body.id)}`)).status, 204);
    assertProblem(await bob.delete(`/follows/${String(body.id)}`), { status: 404, code: 104 });
  });

  it('A16, A17: other people’s follows and invisible tasks are not found', async () => {
    const task = await write('Not for eve');
    const { body } = await bob.post<FollowBody>('/follows', { taskId: task.id });
    const path = `/follows/${String(body.id)}`;
    for (const other of [ana, eve]) {
      for (const at of [path, '/follows/999999', '/follows/x']) {
        assertProblem(await other.get(at), { status: 404, code: 104 });
        assertProblem(await other.put(at, { read: true }), { status: 404, code: 104 });
        assertProblem(await other.delete(at), { status: 404, code: 104 });
      }
    }
    for (const taskId of [task.id, 999_999])
      assertProblem(await eve.post('/follows', { taskId }), { status: 404, code: 104 });
    for (const wrong of [
      {},
      { taskId: 'x' },
      { taskId: -1 },
      { taskId: 2 ** 31 },
      { taskId: [task.id] },
      { taskId: task.id, userId: world.ana.user.id },
    ])
      assertProblem(await bob.post('/follows', wrong), { status: 422, code: 101 });
    assert.deepEqual(
      (await Follow.findAll()).map(({ userId, taskId }) => ({ userId, taskId })),
      [{ userId: world.bob.user.id, taskId: task.id }],
    );
  });
});

describe('/inbox', () => {
  it('lists what others changed in followed tasks, newest first, in pages', async () => {
    const tasks = await Promise.all(['One', 'Two', 'Three'].map(write));
    for (const { id } of tasks) await bob.post('/follows', { taskId: id });
    for (const task of tasks) await completeTask(task, world.ana.viewer);
    const pages = await bob.pages<Item>('/inbox', { limit: '2' });
    assert.deepEqual(
      pages.map((page) =>
        page.map(({ task, change }) => [
          task.description,
          task.user.name,
          change?.name,
          Object.keys(change?.changes ?? {}),
          change?.actor?.name,
        ]),
      ),
      [
        ['Three', 'Two'].map((text) => [text, 'Ana', 'task_updated', ['completedAt'], 'Ana']),
        [['One', 'Ana', 'task_updated', ['completedAt'], 'Ana']],
      ],
    );
    const [first] = pages.flat();
    await bob.put(`/follows/${String(first?.follow.id)}`, { read: true });
    assert.equal((await bob.get<Item[]>('/inbox')).body.length, 2);
    assert.deepEqual((await ana.get<Item[]>('/inbox')).body, []);
    for (const after of ['x', 'WzFd']) assertProblem(await bob.get('/inbox', { after }), { status: 400, code: 105 });
  });
});

describe('/users/{id}', () => {
  it('has the followed tasks with their authors and follows, filtered by read', async () => {
    const [one, two] = [await write('One'), await write('Two')];
    const follows = new Map<string, FollowBody>();
    for (const { id, description } of [one, two])
      follows.set(description, (await bob.post<FollowBody>('/follows', { taskId: id })).body);
    await completeTask(two, world.ana.viewer);
    const path = `/users/${String(world.bob.user.id)}`;
    const followed = async (query: Record<string, string> = {}): Promise<unknown[]> =>
      ((await bob.get<Account>(path, query)).body.followedTasks ?? []).map(({ description, user, follows: own }) => [
        description,
        user.name,
        own,
      ]);
    const [read, unread] = [
      ['One', 'Ana', [{ id: follows.get('One')?.id, read: true }]],
      ['Two', 'Ana', [{ id: follows.get('Two')?.id, read: false }]],
    ];
    assert.deepEqual(await followed(), [unread, read]);
    assert.deepEqual(await followed({ read: 'true' }), [read]);
    assert.deepEqual(await followed({ read: 'false' }), [unread]);
    assertProblem(await bob.get(path, { read: 'maybe' }), { status: 400, code: 105, paths: ['read'] });
    await moveToTrash(one, world.ana.viewer);
    assert.deepEqual(await followed(), [unread]);
  });

  it('continues at the Link', async () => {
    const tasks = await Task.bulkCreate(
      Array.from({ length: 5 }, (_, n) => ({
        listId: list.id,
        userId: world.ana.user.id,
        assigneeId: world.bob.user.id,
        description: `Number ${String(n)}`,
      })),
    );
    const seen: string[] = [];
    for (let next: string | undefined = `/users/${String(world.bob.user.id)}?limit=2`; next;) {
      const { body, headers }: { body: Account; headers: Headers } = await bob.get<Account>(next);
      seen.push(...(body.followedTasks ?? []).map(({ description }) => description));
      next = /^<[^>]+\/api\/v1(\/[^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    assert.deepEqual(seen, tasks.map(({ description }) => description).reverse());
  });

  it('is private; administrators get the account without followed tasks', async () => {
    const path = `/users/${String(world.bob.user.id)}`;
    await bob.post('/follows', { taskId: (await write('Between us')).id });
    assertProblem(await ana.get(path), { status: 404, code: 104 });
    assertProblem(await ana.get('/users/999999'), { status: 404, code: 104 });
    await world.eve.user.update({ admin: true });
    const admin = await programOf(app, world.eve);
    const { status, body } = await admin.get<Account>(path);
    assert.deepEqual({ status, hasFollowedTasks: 'followedTasks' in body }, { status: 200, hasFollowedTasks: false });
    assertProblem(await admin.get('/users/999999'), { status: 404, code: 104 });
    await world.eve.user.update({ admin: false });
  });
});
