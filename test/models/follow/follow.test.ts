import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Team } from '../../../src/models/index.ts';
import { List, Task, Follow, User } from '../../../src/models/index.ts';
import {
  type InboxCursor,
  type InboxItem,
  countUnread,
  countUnreadOf,
  inboxPage,
} from '../../../src/models/follow/inbox.ts';
import { changeRights } from '../../../src/models/user/rights.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { addMember, createTeam, removeMember } from '../../../src/models/team/commands.ts';
import { followTask, markAsRead, markShownAsRead, unfollowTask } from '../../../src/models/follow/commands.ts';
import { findFollow } from '../../../src/models/follow/queries.ts';
import { findTeamList } from '../../../src/models/list/queries.ts';
import {
  completeTask,
  editTask,
  moveToTrash,
  purgeTask,
  reopenTask,
  updateTask,
} from '../../../src/models/task/commands.ts';
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let bob: Viewer;
let eve: Viewer;
let team: Team;
let task: Task;
let round = 0;

const person = async (name: string): Promise<Viewer> => {
  const { id, email } = await User.create({ name, email: `${name}@example.com`, passwordDigest: 'none' });
  return {
    id,
    name,
    email,
    admin: false,
    locale: 'en',
    timeZone: 'UTC',
    listId: (await List.create({ userId: id })).id,
  };
};
const inbox = async (viewer: Viewer): Promise<InboxItem[]> => (await inboxPage(viewer, null, 10)).items;
const unreadOf = async (viewer: Viewer): Promise<string[]> =>
  (await inbox(viewer)).map(
    ({ description, entry }) => `${description}: ${String(entry?.name)} by ${String(entry?.actor)}`,
  );
const readAll = async (viewer: Viewer): Promise<void> => markShownAsRead(viewer, await inbox(viewer));
const editDescription = async (viewer: Viewer, description: string): Promise<void> => {
  await task.reload();
  await editTask(task, viewer, { description }, task.textRevision);
};

before(async () => {
  database = await openTestDatabase();
  [ana, bob, eve] = [await person('ana'), await person('bob'), await person('eve')];
});
after(() => database.close());
beforeEach(async () => {
  round += 1;
  team = await createTeam(ana, `The house ${String(round)}`);
  await addMember(team, ana.id, bob.id);
  task = await Task.create({ listId: (await findTeamList(team.id)).id, userId: ana.id, description: 'Paint the door' });
  await readAll(bob);
  await readAll(ana);
});

describe('a followed task', () => {
  it('is unread when somebody else changes it, and read when it is opened', async () => {
    await followTask(bob, task.id);
    assert.deepEqual(await unreadOf(bob), []);
    await editDescription(ana, 'Paint the door red');
    assert.deepEqual(
      { unread: await unreadOf(bob), count: await countUnread(bob) },
      { unread: ['Paint the door red: task_updated by ana'], count: 1 },
    );
    assert.deepEqual(await unreadOf(ana), []);
    await markAsRead(bob, task.id);
    assert.deepEqual({ unread: await unreadOf(bob), count: await countUnread(bob) }, { unread: [], count: 0 });
    await completeTask(task, ana);
    assert.equal(await countUnread(bob), 1);
  });

  it('stays read for the person who changes it, and when only its position changes', async () => {
    await followTask(bob, task.id);
    await editDescription(bob, 'Paint the door green');
    await database.sequelize.query(`UPDATE tasks SET position = 5 WHERE id = ${String(task.id)}`);
    assert.deepEqual(await unreadOf(bob), []);
  });

  it('is followed by its assignee, and by those who change a task of somebody else', async () => {
    await database.sequelize.query(`UPDATE tasks SET assignee_id = ${String(bob.id)} WHERE id = ${String(task.id)}`);
    assert.equal(await countUnread(bob), 1);
    await unfollowTask(bob, task.id);
    await editDescription(bob, 'Paint it');
    await editDescription(ana, 'Paint it soon');
    assert.deepEqual(await unreadOf(bob), ['Paint it soon: task_updated by ana']);
    assert.equal(await Follow.count({ where: { userId: ana.id, taskId: task.id } }), 0);
  });

  it('is followed by the assignee of a new task', async () => {
    await Task.create({ listId: task.listId, userId: ana.id, assigneeId: bob.id, description: 'From the beginning' });
    assert.deepEqual(await unreadOf(bob), ['From the beginning: new_task by ana']);
  });

  it('is followed only by those who see it, and not by former members', async () => {
    await assert.rejects(followTask(eve, task.id), { name: 'NotFoundError' });
    await followTask(bob, task.id);
    await editDescription(ana, 'Paint the gate');
    await removeMember(team, ana, bob.id);
    assert.deepEqual(
      { unread: await unreadOf(bob), follows: await Follow.count({ where: { userId: bob.id, taskId: task.id } }) },
      { unread: [], follows: 0 },
    );
  });

  it('does not deadlock when many change it at once', async () => {
    await followTask(bob, task.id);
    await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const mine = await Task.findByPk(task.id, { rejectOnEmpty: true });
        await (n % 2 ? completeTask(mine, n % 3 ? ana : bob) : reopenTask(mine, n % 3 ? bob : ana));
      }),
    );
    await markAsRead(bob, task.id);
    assert.equal(await countUnread(bob), 0);
  });

  it('is unread when another column changes with the position, and shows that change only', async () => {
    await followTask(bob, task.id);
    await updateTask(task, ana, { position: 4, priority: 2 });
    await updateTask(task, ana, { position: 5 });
    const [item] = await inbox(bob);
    assert.deepEqual(item?.entry?.changes, { priority: [0, 2], position: [null, 4] });
  });

  it('stays unread when it changed after it was shown', async () => {
    await followTask(bob, task.id);
    await editDescription(ana, 'Shown');
    const shown = await inbox(bob);
    await editDescription(ana, 'Not shown');
    await markShownAsRead(bob, shown);
    assert.deepEqual(await unreadOf(bob), ['Not shown: task_updated by ana']);
    await readAll(bob);
    assert.deepEqual(await unreadOf(bob), []);
  });

  it('stays unread when it changes while it is marked as read, whichever is first', async () => {
    await followTask(bob, task.id);
    for (let n = 0; n < 10; n += 1) {
      await editDescription(ana, `Change ${String(n)}`);
      const shown = await inbox(bob);
      await task.reload();
      await Promise.all([
        markShownAsRead(bob, shown),
        editTask(task, ana, { description: `Meanwhile ${String(n)}` }, task.textRevision),
      ]);
      assert.deepEqual(await unreadOf(bob), [`Meanwhile ${String(n)}: task_updated by ana`]);
    }
  });

  it('is not marked as read by other people, whatever they claim to have been shown', async () => {
    await followTask(bob, task.id);
    await editDescription(ana, 'For bob');
    await markShownAsRead(eve, await inbox(bob));
    await markAsRead(eve, task.id);
    assert.equal(await countUnread(bob), 1);
  });

  it('moves to the top when it changes again, and pages have no gap', async () => {
    const tasks = await Task.bulkCreate(
      Array.from({ length: 7 }, (_, n) => ({
        listId: task.listId,
        userId: ana.id,
        assigneeId: bob.id,
        description: `Number ${String(n)}`,
      })),
    );
    await completeTask(tasks[2]!, ana);
    const seen: string[] = [];
    let after: InboxCursor | null = null;
    do {
      const { items, next }: { items: InboxItem[]; next: InboxCursor | null } = await inboxPage(bob, after, 3);
      seen.push(...items.map(({ description }) => description));
      after = next;
    } while (after);
    assert.equal(seen[0], 'Number 2');
    assert.deepEqual(
      [...seen].sort(),
      tasks.map(({ description }) => description),
    );
    assert.deepEqual(await countUnreadOf([ana.id, bob.id, eve.id]), [
      { userId: ana.id, unread: 0 },
      { userId: bob.id, unread: 7 },
      { userId: eve.id, unread: 0 },
    ]);
  });

  it('is in the inbox when it is in the trash, and not when it is purged', async () => {
    await followTask(bob, task.id);
    await moveToTrash(task, ana);
    assert.deepEqual(
      { unread: await unreadOf(bob), count: await countUnread(bob) },
      { unread: ['Paint the door: task_deleted by ana'], count: 1 },
    );
    await purgeTask(task, ana);
    assert.deepEqual({ unread: await unreadOf(bob), count: await countUnread(bob) }, { unread: [], count: 0 });
  });

  it('stays read when the account of its author is deleted', async () => {
    await followTask(bob, task.id);
    await completeTask(task, ana);
    await readAll(bob);
    const writer = await person(`writer${String(round)}`);
    await database.sequelize.query(`UPDATE tasks SET user_id = ${String(writer.id)} WHERE id = ${String(task.id)}`);
    assert.deepEqual(await unreadOf(bob), []);
    await User.destroy({ where: { id: writer.id } });
    assert.equal((await task.reload()).userId, null);
    assert.deepEqual(await unreadOf(bob), []);
    await Follow.update({ read: false }, { where: { userId: bob.id, taskId: task.id } });
    assert.deepEqual(await unreadOf(bob), ['Paint the door: task_updated by ana']);
  });

  it('is not followed by an administrator who disables its assignee without seeing it', async () => {
    await updateTask(task, ana, { assigneeId: bob.id });
    await User.update({ admin: true }, { where: { id: eve.id } });
    const user = await User.findByPk(bob.id, { rejectOnEmpty: true });
    await changeRights(user, eve, { disabled: true });
    assert.equal((await task.reload()).assigneeId, null);
    assert.equal(await Follow.count({ where: { userId: eve.id, taskId: task.id } }), 0);
    await changeRights(user, eve, { disabled: false });
    await User.update({ admin: false }, { where: { id: eve.id } });
  });

  it('has no follow for those who do not see the task', async () => {
    const [mine, hidden] = [
      (await followTask(bob, task.id)).follow,
      await Follow.create({ userId: eve.id, taskId: task.id }),
    ];
    assert.deepEqual(
      {
        ownTask: (await findFollow(bob, mine.id))?.taskId,
        hiddenTask: await findFollow(eve, hidden.id),
        otherPerson: await findFollow(ana, mine.id),
      },
      { ownTask: task.id, hiddenTask: null, otherPerson: null },
    );
  });

  it('is loaded by user.followedTasks and task.followers, as JSON without the join rows', async () => {
    await followTask(bob, task.id);
    const user = await User.findByPk(bob.id, {
      include: [
        {
          association: 'followedTasks',
          where: { id: task.id },
          attributes: ['id', 'description'],
          through: { attributes: [] },
        },
      ],
      rejectOnEmpty: true,
    });
    assert.deepEqual((user.toJSON() as unknown as { followedTasks: object[] }).followedTasks, [
      { id: task.id, description: 'Paint the door' },
    ]);
    const followed = await Task.findByPk(task.id, {
      include: [{ association: 'followers', attributes: ['name'], through: { attributes: [] } }],
      rejectOnEmpty: true,
    });
    assert.deepEqual((followed.toJSON() as unknown as { followers: object[] }).followers, [{ name: 'bob' }]);
  });
});
