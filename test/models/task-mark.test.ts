import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Feed, Task, TaskMark, Team, User } from '../../src/models/index.ts';
import type { Viewer } from '../../src/models/viewer.ts';
import { openTestDatabase } from '../support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let bob: Viewer;
let eve: Viewer;
let team: Team;
let task: Task;
let round = 0;

const person = async (name: string): Promise<Viewer> => {
  const { id, email } = await User.create({ name, email: `${name}@example.com`, passwordDigest: 'none' });
  return { id, name, email, admin: false, locale: 'en', timeZone: 'UTC', feedId: (await Feed.create({ userId: id })).id };
};
const unreadOf = async (viewer: Viewer): Promise<string[]> => (await TaskMark.inbox(viewer, 10)).map(({ description, eventName, actorName }) => `${description}: ${String(eventName)} by ${String(actorName)}`);
const revise = async (viewer: Viewer, description: string): Promise<void> => {
  await task.reload();
  await task.revise(viewer, { description }, task.textRevision);
};

before(async () => {
  database = await openTestDatabase();
  [ana, bob, eve] = [await person('ana'), await person('bob'), await person('eve')];
});
after(() => database.close());
beforeEach(async () => {
  round += 1;
  team = await Team.found(ana, `The house ${String(round)}`);
  await team.admit(ana.id, bob.id);
  task = await Task.create({ feedId: (await Feed.ofTeam(team.id)).id, userId: ana.id, description: 'Paint the door' });
  await TaskMark.read(bob);
  await TaskMark.read(ana);
});

describe('a followed task', () => {
  it('is unread when somebody else has changed it, and read when it was opened', async () => {
    await TaskMark.follow(bob, task.id);
    assert.deepEqual(await unreadOf(bob), []);
    await revise(ana, 'Paint the door red');
    assert.deepEqual([await unreadOf(bob), await TaskMark.unread(bob)], [['Paint the door red: task_updated by ana'], 1]);
    assert.deepEqual(await unreadOf(ana), []);
    await TaskMark.read(bob, [task.id]);
    assert.deepEqual([await unreadOf(bob), await TaskMark.unread(bob)], [[], 0]);
    await task.complete(ana);
    assert.equal(await TaskMark.unread(bob), 1);
  });

  it('is not unread for whoever changed it, nor by its place in the order', async () => {
    await TaskMark.follow(bob, task.id);
    await revise(bob, 'Paint the door green');
    await database.sequelize.query(`UPDATE tasks SET position = 5 WHERE id = ${String(task.id)}`);
    assert.deepEqual(await unreadOf(bob), []);
  });

  it('is followed by whoever is assigned to it, and by whoever changes a task of somebody else', async () => {
    await database.sequelize.query(`UPDATE tasks SET assignee_id = ${String(bob.id)} WHERE id = ${String(task.id)}`);
    assert.equal(await TaskMark.unread(bob), 1);
    await TaskMark.unfollow(bob, task.id);
    await revise(bob, 'Paint it');
    await revise(ana, 'Paint it soon');
    assert.deepEqual(await unreadOf(bob), ['Paint it soon: task_updated by ana']);
    assert.equal(await TaskMark.count({ where: { userId: ana.id, taskId: task.id } }), 0);
  });

  it('is followed by who is assigned to it from its beginning', async () => {
    await Task.create({ feedId: task.feedId, userId: ana.id, assigneeId: bob.id, description: 'From the beginning' });
    assert.deepEqual(await unreadOf(bob), ['From the beginning: new_task by ana']);
  });

  it('is followed only by those who see it, and no longer by those who went', async () => {
    await assert.rejects(TaskMark.follow(eve, task.id), { status: 404 });
    await TaskMark.follow(bob, task.id);
    await revise(ana, 'Paint the gate');
    await team.dismiss(ana, bob.id);
    assert.deepEqual([await unreadOf(bob), await TaskMark.count({ where: { userId: bob.id, taskId: task.id } })], [[], 0]);
  });

  it('meets no deadlock when many change it at once', async () => {
    await TaskMark.follow(bob, task.id);
    await Promise.all(Array.from({ length: 12 }, async (_, n) => {
      const mine = await Task.findByPk(task.id, { rejectOnEmpty: true });
      await (n % 2 ? mine.complete(n % 3 ? ana : bob) : mine.reopen(n % 3 ? bob : ana));
    }));
    await TaskMark.read(bob);
    assert.equal(await TaskMark.unread(bob), 0);
  });
});
