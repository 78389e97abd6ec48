import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { User } from '../../../src/models/index.ts';
import { Mail, Membership, Task, Team } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client } from '../../support/client.ts';
import { lastMailTo } from '../../support/mails.ts';
import { createWorld, type World } from '../../support/world.ts';
import { openInvitations, revokeInvitation } from '../../../src/models/team/invitations.ts';
import { updateProfile } from '../../../src/models/user/commands.ts';
import { findByEmail } from '../../../src/models/user/queries.ts';
import { findTeamList } from '../../../src/models/list/queries.ts';
let app: TestApp;
let world: World;
let team: Team;
let path: string;
let round = 0;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

beforeEach(async () => {
  round += 1;
  const { location } = await world.ana.client.post('/teams', { name: `House ${String(round)}` });
  path = location!;
  team = await Team.findByPk(Number(path.split('/')[2]), { rejectOnEmpty: true });
});

const addressIn = (text: string): string => /\/invitations\/[\w-]{43}/.exec(text)?.[0] ?? '';
const invite = async (email = ''): Promise<string> =>
  addressIn((await world.ana.client.follow(world.ana.client.post(`${path}/invitations`, { email }))).text);
const isMember = async (user: User): Promise<boolean> =>
  (await Membership.count({ where: { teamId: team.id, userId: user.id } })) === 1;

describe('a team', () => {
  it('is created, renamed and left, and all members see its tasks', async () => {
    const { ana, bob } = world;
    await bob.client.post(await invite('bob@example.com'));
    const list = await findTeamList(team.id);
    assert.equal(
      (await bob.client.post('/tasks', { description: 'Paint the door', listId: String(list.id) })).status,
      303,
    );
    assert.match((await ana.client.get('/tasks', { list: String(list.id) })).text, /Paint the door/);
    await ana.client.patch(path, { name: ` The  house ${String(round)} ` });
    assert.match((await bob.client.get(path)).text, new RegExp(`The {2}house ${String(round)}`));
    assert.equal((await bob.client.delete(`${path}/members/${String(bob.user.id)}`)).location, '/teams');
    assert.equal((await bob.client.get('/tasks', { list: String(list.id) })).status, 404);
    assert.equal((await bob.client.get(path)).status, 404);
  });

  it('is deleted only by typing its name, with an export offered first', async () => {
    assert.match(
      (await world.ana.client.get(path)).text,
      new RegExp(`href="/settings/export\\?listId=${String((await findTeamList(team.id)).id)}"`),
    );
    await Task.create({ listId: (await findTeamList(team.id)).id, userId: world.ana.user.id, description: 'x' });
    for (const form of [{ name: '' }, { name: 'another' }]) {
      const { status, text } = await world.ana.client.delete(path, form);
      assert.equal(status, 422);
      assert.match(
        text,
        new RegExp(
          `<details class="sure" open>[^]*id="confirmation"[^>]*value="${form.name}"[^]*id="confirmation-error"`,
        ),
      );
    }
    assert.equal((await world.ana.client.delete(path, {})).status, 422);
    assert.equal((await world.ana.client.delete(path, { name: team.name })).location, '/teams');
    assert.equal(await Team.findByPk(team.id), null);
  });

  it('is managed by its owners only', async () => {
    const { ana, bob, eve } = world;
    await bob.client.post(await invite('bob@example.com'));
    for (const [method, place, form] of [
      ['patch', path, { name: 'Mine' }],
      ['delete', path, { name: team.name }],
      ['post', `${path}/invitations`, {}],
      ['delete', `${path}/members/${String(ana.user.id)}`, {}],
      ['patch', `${path}/members/${String(bob.user.id)}`, { role: 'owner' }],
    ] as const) {
      assert.equal((await bob.client[method](place, form)).status, 403, `${method} ${place} by a member`);
      assert.equal((await eve.client[method](place, form)).status, 404, `${method} ${place} by a stranger`);
    }
    assert.equal((await ana.client.patch(`${path}/members/${String(bob.user.id)}`, { role: 'owner' })).status, 303);
    assert.equal((await bob.client.patch(path, { name: `Bob's ${String(round)}` })).status, 303);
    assert.equal((await ana.client.patch(`${path}/members/${String(bob.user.id)}`, { role: 'king' })).status, 422);
    assert.equal((await ana.client.patch(`${path}/members/${String(eve.user.id)}`, { role: 'owner' })).status, 404);
  });

  it('keeps its last owner', async () => {
    const { status, text } = await world.ana.client.delete(`${path}/members/${String(world.ana.user.id)}`);
    assert.equal(status, 422);
    assert.match(text, /A team needs an owner/);
    assert.ok(await isMember(world.ana.user));
  });

  it('has a non-empty name', async () => {
    for (const name of ['   ', 'x'.repeat(101), 'a\u0000b', '']) {
      const { status, text } = await world.bob.client.post('/teams', { name });
      assert.equal(status, 422, name);
      assert.match(text, /id="name-error"/);
    }
  });
});

describe('a team’s name', () => {
  it('A17: tells nobody of a team that they are not in', async () => {
    const { status, location } = await world.eve.client.post('/teams', { name: team.name.toUpperCase() });
    assert.equal(status, 303);
    const { text } = await world.eve.client.get(location!);
    assert.ok(text.includes(team.name.toUpperCase()));
    assert.equal((await world.eve.client.get(`/teams/${String(team.id)}`)).status, 404);
  });
});

describe('an invitation', () => {
  it('leads people without an account through registration back to the team', async () => {
    const address = await invite();
    const guest = new Client(app.url);
    const { text } = await guest.get(address);
    assert.ok(text.includes(team.name));
    const [, register = ''] = /href="(\/register\?next=[^"]+)"/.exec(text) ?? [];
    assert.match((await guest.get(register)).text, /name="next"/);
    const made = await guest.post('/register', {
      name: 'Ana',
      email: `guest${String(round)}@example.com`,
      password: 'a lamp and a window',
      next: address,
    });
    assert.equal(made.location, path);
    assert.match((await guest.get(path)).text, new RegExp(`Welcome to “${team.name}”`));
    assert.match((await world.ana.client.get('/activity')).text, /<bdi>Ana<\/bdi><\/strong>\s+joined/, 'by themselves');
  });

  it("by email is mailed in the invited person's language, and the page says so", async () => {
    await updateProfile(world.bob.user, { locale: 'es' });
    const strict = app.settings;
    strict.smtpUrl = 'smtp://127.0.0.1:1';
    try {
      const { client } = world.ana;
      const { text } = await client.follow(client.post(`${path}/invitations`, { email: 'Bob@example.com' }));
      assert.match(text, /on its way to Bob@example\.com/);
      const mail = await lastMailTo('Bob@example.com');
      assert.match(mail.link ?? '', /^\/invitations\/[\w-]{43}$/);
      assert.doesNotMatch(text, /\/invitations\/[\w-]{43}/, 'only the owner of the address gets it');
      assert.match(mail.subject, /Ana.* te ha invitado al equipo .*House/);
      assert.ok(mail.expiresAt.getTime() > Date.now() + 6.9 * 24 * 3_600_000);
      const mails = await Mail.count();
      await invite();
      assert.equal(await Mail.count(), mails, 'a link is nobody’s to mail');
    } finally {
      strict.smtpUrl = null;
      await updateProfile(world.bob.user, { locale: 'en' });
    }
  });

  it('is throttled', async () => {
    await invite('guest@example.com');
    await app.sequelize.query("UPDATE throttles SET points = 50 WHERE key LIKE 'invitation:%'");
    for (const email of ['another@example.com', '']) {
      const { status, text } = await world.ana.client.post(`${path}/invitations`, { email });
      assert.deepEqual([status, /Too many attempts/.test(text)], [429, true]);
    }
    assert.deepEqual(
      [(await openInvitations(team)).length, await Mail.count({ where: { recipient: 'another@example.com' } })],
      [1, 0],
    );
    await app.sequelize.query('DELETE FROM throttles');
  });

  it('by email is for one person and works once', async () => {
    const address = await invite('bob@example.com');
    const wrong = await world.eve.client.post(address);
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /This invitation is for bob@example.com/);
    assert.equal((await world.bob.client.post(address)).location, path);
    const again = await world.bob.client.post(address);
    assert.equal(again.status, 410);
    assert.match(again.text, /has already been used/);
  });

  it('stops working when revoked, which only an owner of its team may do', async () => {
    const address = await invite();
    const [, action = ''] =
      /action="(\/teams\/\d+\/invitations\/\d+)"/.exec((await world.ana.client.get(path)).text) ?? [];
    assert.equal((await world.eve.client.delete(action)).status, 404);
    assert.equal((await world.ana.client.delete(action)).status, 303);
    assert.match((await world.bob.client.get(address)).text, /was revoked/);
    assert.equal((await world.bob.client.post(address)).status, 410);
    assert.ok(!(await isMember(world.bob.user)));
  });

  it('shows an error for an invalid address or an existing member', async () => {
    for (const [email, words] of [
      ['nobody', /Enter an email address/],
      ['ANA@example.com', /Ana is already a member/],
    ] as const) {
      const { status, text } = await world.ana.client.post(`${path}/invitations`, { email });
      assert.equal(status, 422);
      assert.match(text, words);
    }
    const address = await invite();
    assert.match((await world.ana.client.post(address)).text, /You are already a member of this team/);
  });

  it('by email allows registration for its address only, once, and until it expires', async () => {
    const strict = app.settings;
    const registration = strict.registration;
    strict.registration = 'invite';
    const email = `only${String(round)}@example.com`;
    const register = (address: string, as = email) =>
      new Client(app.url).post('/register', { name: 'Bob', email: as, password: 'a lamp and a window', next: address });
    try {
      const address = await invite(email);
      const other = await register(address, `other${String(round)}@example.com`);
      assert.equal(other.status, 422);
      assert.match(other.text, new RegExp(`This invitation is for ${email}`));
      assert.equal(await findByEmail(`other${String(round)}@example.com`), null);
      const both = await Promise.all([register(address, email.toUpperCase()), register(address)]);
      assert.equal(both.filter(({ location }) => location === path).length, 1, 'of two at once one is let in');
      assert.equal((await register(address, `late${String(round)}@example.com`)).status, 410);

      const [revoked, expired] = [await invite(), await invite()];
      const [row] = await openInvitations(team);
      await app.sequelize.query("UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id = $1", {
        bind: [row!.id],
      });
      await revokeInvitation((await openInvitations(team))[0]!, world.ana.viewer);
      for (const [over, words] of [
        [revoked, /was revoked/],
        [expired, /has expired/],
      ] as const) {
        const { status, text } = await register(over, `late${String(round)}@example.com`);
        assert.equal(status, 410);
        assert.match(text, words);
      }
      assert.equal(await findByEmail(`late${String(round)}@example.com`), null);
    } finally {
      strict.registration = registration;
    }
  });

  it('that expired or is for somebody else does not prevent open registration', async () => {
    const address = await invite('bob@example.com');
    const guest = new Client(app.url);
    assert.equal(
      (
        await guest.post('/register', {
          name: 'Cleo',
          email: `cleo${String(round)}@example.com`,
          password: 'a lamp and a window',
          next: address,
        })
      ).location,
      address,
    );
    assert.match((await guest.post(address)).text, /This invitation is for bob@example\.com/);
    assert.equal(
      (
        await new Client(app.url).post('/register', {
          name: 'Cleo',
          email: `dora${String(round)}@example.com`,
          password: 'a lamp and a window',
          next: '/invitations/nothing',
        })
      ).location,
      '/invitations/nothing',
    );
  });

  it('is required for registration with REGISTRATION=invite', async () => {
    const strict = app.settings;
    const registration = strict.registration;
    strict.registration = 'invite';
    try {
      const guest = new Client(app.url);
      assert.equal((await guest.get('/register')).status, 403);
      assert.equal((await guest.get('/register', { next: '/invitations/nothing' })).status, 404);
      const address = await invite();
      assert.equal((await guest.get('/register', { next: address })).status, 200);
      assert.equal(
        (
          await guest.post('/register', {
            name: 'Bob',
            email: `invited${String(round)}@example.com`,
            password: 'a lamp and a window',
            next: address,
          })
        ).location,
        path,
      );
      assert.ok(await isMember((await findByEmail(`invited${String(round)}@example.com`))!));
    } finally {
      strict.registration = registration;
    }
  });
});
