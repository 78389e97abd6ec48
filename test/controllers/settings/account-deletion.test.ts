import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import {
  ApiToken,
  AuditEntry,
  Event,
  List,
  Invitation,
  Membership,
  Session,
  Task,
  Team,
  User,
} from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client, type Answer } from '../../support/client.ts';
import { openTab } from '../../support/socket.ts';
import { createPerson, worldPassword, type Person } from '../../support/world.ts';

let app: TestApp;
let ana: Person;
let bob: Person;
let made = 0;
before(async () => {
  app = await startApp();
});
after(() => app.close());
beforeEach(async () => {
  await app.sequelize.query('DELETE FROM throttles');
  made += 1;
  ana = await createPerson(app, `Ana${String(made)}`);
  bob = await createPerson(app, `Bob${String(made)}`);
});
afterEach(() => User.destroy({ where: {} }));

const leave = (person: Person, currentPassword = worldPassword): Promise<Answer> =>
  person.client.delete('/settings/account', { currentPassword });
const isThere = async ({ user }: Person): Promise<boolean> => (await User.findByPk(user.id)) !== null;
async function team(owner: Person, ...members: Person[]): Promise<{ team: Team; list: List }> {
  const founded = await Team.found(owner.viewer, `House ${String(made)}${owner.user.name}${String(members.length)}`);
  for (const { user } of members) await founded.admit(owner.user.id, user.id);
  return { team: founded, list: await List.ofTeam(founded.id) };
}

describe('deleting one’s account', () => {
  it('offers an export of every list first, and says what is deleted', async () => {
    const [{ list: shared }, { team: alone }] = [await team(bob, ana), await team(ana)];
    const { text } = await ana.client.get('/settings/account');
    for (const { id } of [ana.list, shared])
      assert.match(text, new RegExp(`href="/settings/export\\?listId=${String(id)}"`));
    assert.match(text, new RegExp(`no other members[^]*${alone.name}`));
    assert.match((await ana.client.get('/settings')).text, /href="\/settings\/account"/);
  });

  it('deletes the personal list, sessions and tokens immediately', async () => {
    const elsewhere = await openTab(ana);
    const task = await Task.create({ listId: ana.list.id, userId: ana.user.id, description: 'mine alone' });
    const { token } = await ApiToken.issue(ana.user.id, { name: 'x', scopes: ['read'], expiresAt: null });
    const program = await openTab(ana, { cookie: null, origin: null, token });
    const copied = new Client(app.url, Object.fromEntries(ana.client.cookies));
    const { location } = await leave(ana);
    assert.deepEqual([location, ana.client.cookieHeader], ['/login?notice=deleted', '']);
    assert.match((await ana.client.get('/login?notice=deleted')).text, /Your account has been deleted/);
    for (const tab of [elsewhere, program]) await tab.ends.until((ends) => ends.length > 0);
    assert.equal((await copied.get('/settings')).status, 303);
    assert.equal((await fetch(`${app.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status, 401);
    assert.deepEqual(
      [await isThere(ana), await Task.findByPk(task.id), await List.findByPk(ana.list.id)],
      [false, null, null],
    );
    assert.equal(await Session.count({ where: { userId: ana.user.id } }), 0);
    assert.equal(
      (await new Client(app.url).post('/login', { email: ana.user.email, password: worldPassword })).status,
      422,
    );
    assert.equal(await AuditEntry.count({ where: { action: 'account_deleted', actorId: ana.user.id } }), 1);
  });

  it('keeps team tasks without author and unassigns them, as events', async () => {
    const { team: shared, list } = await team(bob, ana);
    const written = await Task.create({ listId: list.id, userId: ana.user.id, description: 'Paint the door' });
    const assigned = await Task.create({
      listId: list.id,
      userId: bob.user.id,
      assigneeId: ana.user.id,
      description: 'Oil the hinges',
    });
    const invitation = (await Invitation.issue(bob.viewer, shared, null)).invitation;
    const tab = await openTab(bob);
    await leave(ana);
    await tab.waitFor('member_left');
    await tab.waitFor(
      'task_updated',
      (task) => task.id === assigned.id && 'assigneeId' in task && task.assigneeId === null,
    );
    await tab.waitFor(
      'task_updated',
      (task) =>
        task.id === written.id && 'user' in task && task.user === null && task.userId === null && task.actor === null,
    );
    assert.equal((await Task.findByPk(written.id))?.description, 'Paint the door');
    assert.deepEqual(
      (await Event.findAll({ where: { listId: list.id }, order: ['version'] }))
        .slice(-3)
        .map(({ name, actorId }) => [name, actorId]),
      [
        ['task_updated', ana.user.id],
        ['member_left', ana.user.id],
        ['task_updated', ana.user.id],
      ],
    );
    assert.equal((await bob.client.get(`/tasks/${String(written.id)}`)).status, 200);
    const { text } = await bob.client.get('/activity');
    assert.match(text, /<bdi>Someone<\/bdi>/);
    assert.ok(!text.includes(ana.user.name));
    assert.doesNotMatch(text, /changed the categories/);
    assert.ok(await Invitation.findByPk(invitation.id), 'what others made stays');
    tab.close();
  });

  it('requires another owner for each team first, by name, and changes nothing until then', async () => {
    const { team: needed } = await team(ana, bob);
    const { team: alone } = await team(ana);
    assert.match(
      (await ana.client.get('/settings/account')).text,
      new RegExp(`owner of these teams first[^]*${needed.name}`),
    );
    const { status, text } = await leave(ana);
    assert.equal(status, 422);
    assert.match(text, new RegExp(`Make someone else an owner of the team “${needed.name}”`));
    assert.deepEqual(
      [
        await isThere(ana),
        await Membership.count({ where: { userId: ana.user.id } }),
        Boolean(await Team.findByPk(alone.id)),
      ],
      [true, 2, true],
    );
    await needed.changeRole(ana.viewer, bob.user.id, 'owner');
    assert.equal((await leave(ana)).status, 303);
    assert.deepEqual([Boolean(await Team.findByPk(needed.id)), await Team.findByPk(alone.id)], [true, null]);
  });

  it('keeps the last administrator, unless nobody else is left', async () => {
    await User.update({ admin: true }, { where: { id: [ana.user.id, bob.user.id] } });
    const cleo = await createPerson(app, 'Cleo');
    const answers = await Promise.all([leave(ana), leave(bob)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 422], 'of two at once one stays');
    const last = (await isThere(ana)) ? ana : bob;
    assert.match((await last.client.get('/settings/account')).text, /make someone else an administrator first/i);
    assert.equal((await leave(last)).status, 422);
    await leave(cleo);
    assert.equal((await leave(last)).status, 303);
    assert.equal(await User.count(), 0);
  });

  it('requires the password, and throttles wrong ones', async () => {
    for (const password of ['not it', '', ` ${worldPassword}`]) {
      const { status, text } = await leave(ana, password);
      assert.equal(status, 422);
      assert.match(text, /id="currentPassword-error"/);
    }
    await app.sequelize.query("UPDATE throttles SET points = 10 WHERE key LIKE 'password:%'");
    assert.equal((await leave(ana)).status, 429);
    assert.ok(await isThere(ana));
  });
});
