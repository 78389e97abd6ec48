import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Event, List, Invitation, Membership, Task, Team, User } from '../../../src/models/index.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/process.ts';
import {
  addMember,
  changeRole,
  createTeam,
  destroyTeam,
  removeMember,
  renameTeam,
} from '../../../src/models/team/commands.ts';
import {
  acceptInvitation,
  createInvitation,
  findInvitationByToken,
  openInvitations,
  revokeInvitation,
} from '../../../src/models/team/invitations.ts';
import { findVisibleTeam, membersOf, peopleInTeamsOf, roleOf } from '../../../src/models/team/queries.ts';
import { disableUser } from '../../../src/models/user/rights.ts';
import { eventsAfter } from '../../../src/models/event/queries.ts';
import { findSidebar, visibleListIdsOf } from '../../../src/models/list/queries.ts';
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let bob: Viewer;
let eve: Viewer;
let team: Team;
let list: List;
let round = 0;

const person = async (name: string): Promise<Viewer> => {
  const { id, email } = await User.create({
    name,
    email: `${name}@example.com`,
    emailConfirmedAt: new Date(),
    passwordDigest: 'none',
  });
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
const namesOf = async (): Promise<string[]> =>
  (await Event.findAll({ where: { listId: list.id }, order: ['version'] })).map(
    ({ name, subjectId }) => `${name} ${String(subjectId)}`,
  );

before(async () => {
  database = await openTestDatabase();
  [ana, bob, eve] = [await person('ana'), await person('bob'), await person('eve')];
});
after(() => database.close());
beforeEach(async () => {
  round += 1;
  team = await createTeam(ana, `The house ${String(round)}`);
  list = await List.findOne({ where: { teamId: team.id }, rejectOnEmpty: true });
});

describe('a team', () => {
  it('has a list that only its members see', async () => {
    assert.ok((await visibleListIdsOf(ana.id)).includes(list.id));
    assert.ok(!(await visibleListIdsOf(bob.id)).includes(list.id));
    assert.equal(await findVisibleTeam(bob, team.id), null);
    await addMember(team, ana.id, bob.id);
    assert.ok((await visibleListIdsOf(bob.id)).includes(list.id));
    assert.deepEqual(
      (await membersOf(team)).map(({ name, role }) => ({ name, role })),
      [
        { name: 'ana', role: 'owner' },
        { name: 'bob', role: 'member' },
      ],
    );
    assert.deepEqual(
      (await findSidebar(bob)).lists.map(({ name }) => name).filter((name) => name === null || name === team.name),
      [null, team.name],
    );
  });

  it('is joined once, and records joins and removals as events of its list', async () => {
    assert.deepEqual(
      { first: await addMember(team, ana.id, bob.id), second: await addMember(team, ana.id, bob.id) },
      { first: true, second: false },
    );
    await removeMember(team, ana, bob.id);
    assert.deepEqual(await namesOf(), [
      `member_joined ${String(ana.id)}`,
      `member_joined ${String(bob.id)}`,
      `member_left ${String(bob.id)}`,
    ]);
    const log = await eventsAfter(list.id, 0, 10);
    assert.deepEqual(
      log?.events.map(({ person }) => person?.name),
      ['ana', 'bob', 'bob'],
    );
  });

  it('unassigns the tasks of a leaving member before recording that they left', async () => {
    await addMember(team, ana.id, bob.id);
    const task = await Task.create({
      listId: list.id,
      userId: ana.id,
      assigneeId: bob.id,
      description: 'Water the plants',
    });
    await removeMember(team, ana, bob.id);
    assert.equal((await task.reload()).assigneeId, null);
    assert.deepEqual((await namesOf()).slice(-2), [`task_updated ${String(task.id)}`, `member_left ${String(bob.id)}`]);
  });

  it('has tasks assigned to its members only, however they are assigned', async () => {
    await assert.rejects(Task.create({ listId: list.id, userId: ana.id, assigneeId: eve.id, description: 'x' }), {
      name: 'SequelizeForeignKeyConstraintError',
    });
    const task = await Task.create({ listId: list.id, userId: ana.id, assigneeId: ana.id, description: 'x' });
    await assert.rejects(
      database.sequelize.query(`UPDATE tasks SET assignee_id = ${String(eve.id)} WHERE id = ${String(task.id)}`),
    );
    await assert.rejects(
      database.sequelize.query(`UPDATE tasks SET list_id = ${String(bob.listId)} WHERE id = ${String(task.id)}`),
    );
  });

  it('always keeps an owner, even if two leave at once', async () => {
    await assert.rejects(removeMember(team, ana, ana.id), { message: /errors.lastOwner/ });
    await addMember(team, ana.id, bob.id);
    await changeRole(team, ana, bob.id, 'owner');
    const other = await Team.findByPk(team.id, { rejectOnEmpty: true });
    const results = await Promise.allSettled([removeMember(team, ana, ana.id), removeMember(other, bob, bob.id)]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(await Membership.count({ where: { teamId: team.id, role: 'owner' } }), 1);
  });

  it('A40: is managed only by users who are still owners when the change is made', async () => {
    for (const { id } of [bob, eve]) await addMember(team, ana.id, id);
    await changeRole(team, ana, bob.id, 'owner');
    await changeRole(team, ana, bob.id, 'member');
    const { invitation } = await createInvitation(ana, team, null);
    for (const stale of [
      () => changeRole(team, bob, eve.id, 'owner'),
      () => renameTeam(team, bob, 'His'),
      () => removeMember(team, bob, eve.id),
      () => destroyTeam(team, bob),
      () => createInvitation(bob, team, null),
      () => createInvitation(bob, team, 'guest@example.com'),
      () => revokeInvitation(invitation, bob),
    ])
      await assert.rejects(stale(), { name: 'ForbiddenError' });
    assert.deepEqual(
      (await openInvitations(team)).map(({ id }) => id),
      [invitation.id],
    );
    assert.deepEqual(
      (await membersOf(team)).map(({ name, role }) => ({ name, role })),
      [
        { name: 'ana', role: 'owner' },
        { name: 'bob', role: 'member' },
        { name: 'eve', role: 'member' },
      ],
    );
    await removeMember(team, bob, bob.id);
  });

  it('may have the name of another team, which its people neither notice nor prevent', async () => {
    const other = await createTeam(bob, team.name);
    assert.deepEqual(
      (await membersOf(other)).map(({ name }) => name),
      ['bob'],
    );
    const renamed = await renameTeam(await createTeam(bob, 'Another'), bob, team.name.toUpperCase());
    assert.equal(renamed.name, team.name.toUpperCase());
    for (const one of [other, renamed]) await destroyTeam(one, bob);
  });

  it('is deleted with everything in it', async () => {
    await Task.create({ listId: list.id, userId: ana.id, description: 'x' });
    await destroyTeam(team, ana);
    assert.deepEqual(
      { list: await List.findByPk(list.id), tasks: await Task.count({ where: { listId: list.id }, paranoid: false }) },
      { list: null, tasks: 0 },
    );
  });

  it('offers its active members as assignees, and a disabled one only if already assigned', async () => {
    await addMember(team, ana.id, bob.id);
    const user = await User.create({
      name: 'disabled',
      email: `disabled-${String(round)}@example.com`,
      passwordDigest: 'none',
    });
    await addMember(team, ana.id, user.id);
    await disableUser(user, null, null);
    const names = async (viewer: Viewer, assigneeId?: number): Promise<string[]> =>
      (await peopleInTeamsOf(viewer, assigneeId))
        .map(({ name }) => name)
        .filter((name) => ['bob', 'disabled'].includes(name));
    assert.deepEqual(
      { whenUnassigned: await names(ana), whenAssigned: await names(ana, user.id) },
      { whenUnassigned: ['bob'], whenAssigned: ['bob', 'disabled'] },
    );
    const stranger = await person(`stranger-${String(round)}`);
    assert.deepEqual(await names(stranger, user.id), []);
  });
});

describe('an invitation', () => {
  const secretFor = async (email: string | null): Promise<string> => (await createInvitation(ana, team, email)).secret;

  it('by email is accepted once, by that person only, and stores no secret', async () => {
    const secret = await secretFor('Bob@Example.com');
    const [[row]] = await database.sequelize.query('SELECT i::text AS row FROM invitations i ORDER BY id DESC LIMIT 1');
    assert.ok(!JSON.stringify(row).includes(secret));
    await assert.rejects(acceptInvitation(await findInvitationByToken(secret), eve), {
      message: /errors.invitationOther/,
    });
    await acceptInvitation(await findInvitationByToken(secret), bob);
    assert.equal(await roleOf(team, bob.id), 'member');
    await assert.rejects(findInvitationByToken(secret), { name: 'ExpiredError', key: 'errors.invitationUsed' });
  });

  it('by email is accepted once out of twenty concurrent attempts', async () => {
    const invitation = await findInvitationByToken(await secretFor('bob@example.com'));
    const accepted = await Promise.allSettled(
      Array.from({ length: 20 }, async () =>
        acceptInvitation(await Invitation.findByPk(invitation.id, { rejectOnEmpty: true }), bob),
      ),
    );
    assert.equal(accepted.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal(await Membership.count({ where: { teamId: team.id } }), 2);
  });

  it('as a link is accepted by anyone who has it, until it is revoked or expires', async () => {
    const secret = await secretFor(null);
    await acceptInvitation(await findInvitationByToken(secret), bob);
    await assert.rejects(acceptInvitation(await findInvitationByToken(secret), bob), {
      message: /errors.memberAlready/,
    });
    await acceptInvitation(await findInvitationByToken(secret), eve);
    await revokeInvitation(await findInvitationByToken(secret), ana);
    await assert.rejects(findInvitationByToken(secret), { name: 'ExpiredError', key: 'errors.invitationRevoked' });
    const late = await createInvitation(ana, team, null);
    await late.invitation.update({ expiresAt: new Date(Date.now() - 1) });
    await assert.rejects(findInvitationByToken(late.secret), { name: 'ExpiredError', key: 'errors.invitationExpired' });
    await assert.rejects(findInvitationByToken('nothing'), { name: 'NotFoundError' });
  });

  it('A40: waits while the team is being deleted, and the deletion does not wait for it', async () => {
    const invitation = await findInvitationByToken(await secretFor(null));
    const lock = await database.sequelize.transaction();
    await Team.findByPk(team.id, { lock: lock.LOCK.UPDATE, transaction: lock });
    const accepting = acceptInvitation(invitation, bob).then(
      () => null,
      (error: unknown) => error,
    );
    await eventually(async () => {
      const [[row]] = (await database.sequelize.query(
        "SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      )) as [[{ n: number }], unknown];
      return row.n === 1;
    }, 'the acceptance to wait for the team');
    await Invitation.findByPk(invitation.id, {
      lock: lock.LOCK.UPDATE,
      skipLocked: true,
      transaction: lock,
      rejectOnEmpty: true,
    });
    await team.destroy({ transaction: lock });
    await lock.commit();
    assert.equal(((await accepting) as Error | null)?.name, 'NotFoundError');
  });

  it('is not created for a member', async () => {
    await assert.rejects(secretFor('ANA@example.com'), { message: /errors.alreadyMember/ });
  });
});
