import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AuditEntry, Invitation, Team, User } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client } from '../../support/client.ts';
import { Program } from '../../support/program.ts';
import { createWorld, worldPassword, type World } from '../../support/world.ts';
import { acceptInvitation } from '../../../src/models/team/invitations.ts';
import { disableUser, enableUser, promoteUser } from '../../../src/models/user/rights.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp({ trustProxy: 1 });
  world = await createWorld(app);
  await promoteUser(world.ana.user);
});
after(() => app.close());
beforeEach(async () => {
  await app.sequelize.query('DELETE FROM throttles');
  await AuditEntry.destroy({ where: {} });
});

const noted = async () =>
  (await AuditEntry.findAll({ order: ['id'] })).map(({ action, actorId, userId, details }) => ({
    action,
    actorId,
    userId,
    details,
  }));
const signIn = (email: string, password: string, from = '192.0.2.7') =>
  new Client(app.url).post('/login', { email, password }, { 'x-forwarded-for': from });

describe('the audit log records', () => {
  it('sign-ins and sign-outs, with the address', async () => {
    const { id } = world.bob.user;
    const client = new Client(app.url);
    await client.post(
      '/login',
      { email: 'bob@example.com', password: worldPassword },
      { 'x-forwarded-for': '192.0.2.7' },
    );
    await client.post('/logout', {}, { 'x-forwarded-for': '192.0.2.8' });
    await client.post('/logout');
    assert.deepEqual(
      await noted(),
      ['signed_in', 'signed_out'].map((action) => ({ action, actorId: id, userId: id, details: {} })),
    );
    assert.deepEqual(
      (await AuditEntry.findAll({ order: ['id'] })).map(({ address }) => address),
      ['192.0.2.7', '192.0.2.8'],
    );
  });

  it('registrations, and which one is the administrator', async () => {
    const client = new Client(app.url);
    assert.equal(
      (await client.post('/register', { name: 'Ana', email: 'ana.two@example.com', password: 'a kettle on the roof' }))
        .status,
      303,
    );
    const { id } = await User.findOne({ where: { email: 'ana.two@example.com' }, rejectOnEmpty: true });
    assert.deepEqual(await noted(), [
      { action: 'registered', actorId: id, userId: id, details: { admin: false } },
      { action: 'signed_in', actorId: id, userId: id, details: {} },
    ]);
  });

  it('failed sign-ins with the reason, and never input that is not an email address', async () => {
    await disableUser(world.eve.user, null, null);
    await AuditEntry.destroy({ where: {} });
    await signIn('bob@example.com', 'not this one');
    await signIn('Stranger@example.com', 'whatever');
    await signIn('the lamp by the window', 'bob@example.com');
    await signIn('eve@example.com', worldPassword);
    await enableUser(world.eve.user);
    const entries = (await noted()).slice(0, 4);
    assert.deepEqual(
      entries.map(({ action, actorId, userId }) => [action, actorId, userId]),
      [world.bob.user.id, null, null, world.eve.user.id].map((userId) => ['sign_in_refused', null, userId]),
    );
    assert.deepEqual(
      entries.map(({ details }) => details),
      [
        { reason: 'password' },
        { reason: 'unknown', email: 'stranger@example.com' },
        { reason: 'unknown' },
        { reason: 'disabled' },
      ],
    );
    const [rows] = await app.sequelize.query('SELECT e::text AS row FROM audit_entries e');
    assert.doesNotMatch(JSON.stringify(rows), /lamp|window|not this one|whatever/);
  });

  it('A29: throttling, once, however long the attempts continue', async () => {
    await signIn('bob@example.com', 'a guess');
    await app.sequelize.query('UPDATE throttles SET points = 10');
    await AuditEntry.destroy({ where: {} });
    for (let n = 0; n < 5; n += 1) assert.equal((await signIn('bob@example.com', 'a guess')).status, 429);
    assert.deepEqual(
      (await noted()).map(({ action, details }) => [action, details]),
      [['sign_in_refused', { reason: 'throttled', email: 'bob@example.com' }]],
    );
    for (let n = 0; n < 14; n += 1) {
      const email = `guessed${String(n)}@example.com`;
      await signIn(email, 'a guess', '192.0.2.9');
      await app.sequelize.query("UPDATE throttles SET points = 10 WHERE key LIKE 'account:%'");
      await app.sequelize.query("DELETE FROM throttles WHERE key LIKE 'address:%'");
      await signIn(email, 'a guess', '192.0.2.9');
    }
    assert.equal(
      (await noted()).filter(({ details }) => details.reason === 'throttled').length,
      11,
      'ten more from one address',
    );
  });

  it('wrong passwords of signed-in people on every form, and throttling once', async () => {
    const { id } = world.bob.user;
    const wrong = { currentPassword: 'not this one' };
    const tries = [
      () => world.bob.client.patch('/settings/password', { ...wrong, newPassword: 'nine grey umbrellas' }),
      () => world.bob.client.post('/settings/email', { ...wrong, email: 'bob.new@example.com' }),
      () => world.bob.client.delete('/settings/account', wrong),
    ];
    for (const attempt of tries) assert.equal((await attempt()).status, 422);
    await app.sequelize.query("UPDATE throttles SET points = 10 WHERE key LIKE 'password:%'");
    for (const attempt of tries) assert.equal((await attempt()).status, 429);
    assert.deepEqual(
      await noted(),
      ['password', 'password', 'password', 'throttled'].map((reason) => ({
        action: 'password_refused',
        actorId: id,
        userId: id,
        details: { reason },
      })),
    );
  });

  it('created and revoked tokens, in the settings and by API', async () => {
    const { id } = world.bob.user;
    const { status, body } = await new Program(app.url).post<{ token: string }>('/login', {
      email: 'bob@example.com',
      password: worldPassword,
      name: 'laptop',
      scopes: ['read'],
    });
    assert.equal(status, 201);
    await new Program(app.url, body.token).delete('/logout');
    await world.bob.client.post('/settings/tokens', {
      name: 'backup',
      access: 'write',
      lifetime: '30',
      currentPassword: worldPassword,
    });
    const [, path = ''] =
      /action="(\/settings\/tokens\/\d+)"/.exec((await world.bob.client.get('/settings/tokens')).text) ?? [];
    await world.bob.client.delete(path);
    assert.deepEqual(
      await noted(),
      (
        [
          ['signed_in', { by: 'api' }],
          ['token_made', { name: 'laptop', scopes: 'read' }],
          ['token_ended', { name: 'laptop' }],
          ['token_made', { name: 'backup', scopes: 'read write' }],
          ['token_ended', { name: 'backup' }],
        ] as const
      ).map(([action, details]) => ({ action, actorId: id, userId: id, details })),
    );
    const [rows] = await app.sequelize.query('SELECT e::text AS row FROM audit_entries e');
    assert.doesNotMatch(JSON.stringify(rows), /taskwire_/);
  });

  it('changes of rights, on the page and by the command line', async () => {
    const [ana, bob] = [world.ana.user.id, world.bob.user.id];
    const path = `/admin/users/${String(bob)}`;
    await world.ana.client.post(`${path}/administrator`);
    await world.ana.client.delete(`${path}/administrator`);
    await disableUser(await User.findByPk(bob, { rejectOnEmpty: true }), 'left', null);
    await world.ana.client.delete(`${path}/disabled`);
    assert.deepEqual(await noted(), [
      { action: 'admin_given', actorId: ana, userId: bob, details: {} },
      { action: 'admin_taken', actorId: ana, userId: bob, details: {} },
      { action: 'user_disabled', actorId: null, userId: bob, details: { by: 'operator', note: 'left' } },
      { action: 'user_enabled', actorId: ana, userId: bob, details: {} },
    ]);
    world.bob = await world.signIn(world.bob);
  });

  it('joining, leaving, adding and removing members, and deleted teams', async () => {
    const [ana, bob] = [world.ana.user.id, world.bob.user.id];
    const path = (await world.ana.client.post('/teams', { name: 'House' })).location ?? '';
    const team = await Team.findByPk(Number(path.split('/')[2]), { rejectOnEmpty: true });
    const made = await world.ana.client.post(`${path}/invitations`, { email: 'Bob@example.com' });
    assert.equal(made.status, 303);
    await acceptInvitation(await Invitation.findOne({ rejectOnEmpty: true }), world.bob.viewer);
    await world.ana.client.patch(`${path}/members/${String(bob)}`, { role: 'owner' });
    await world.ana.client.patch(`${path}/members/${String(bob)}`, { role: 'owner' });
    await world.bob.client.delete(`${path}/members/${String(bob)}`);
    await world.ana.client.post(`${path}/invitations`);
    const [, action = ''] =
      /action="(\/teams\/\d+\/invitations\/\d+)"/.exec((await world.ana.client.get(path)).text) ?? [];
    await world.ana.client.delete(action);
    await world.ana.client.delete(path, { name: team.name });
    assert.deepEqual(await noted(), [
      { action: 'invitation_made', actorId: ana, userId: null, details: { team: 'House', email: 'bob@example.com' } },
      { action: 'member_joined', actorId: bob, userId: bob, details: { team: 'House' } },
      { action: 'role_changed', actorId: ana, userId: bob, details: { team: 'House', role: 'owner' } },
      { action: 'member_removed', actorId: bob, userId: bob, details: { team: 'House' } },
      { action: 'invitation_made', actorId: ana, userId: null, details: { team: 'House' } },
      { action: 'invitation_revoked', actorId: ana, userId: null, details: { team: 'House' } },
      { action: 'team_deleted', actorId: ana, userId: null, details: { team: 'House', members: 1 } },
    ]);
  });
});

describe('the audit page', () => {
  const entries = ({ text }: { text: string }): number => text.match(/data-entry=/g)?.length ?? 0;
  const day = (offset: number): string =>
    new Date(Date.now() + offset * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);

  it('shows what happened, to whom and from where', async () => {
    await signIn('bob@example.com', 'not this one');
    await world.ana.client.post(
      `/admin/users/${String(world.bob.user.id)}/disabled`,
      { reason: 'has <b>left</b>' },
      { 'x-forwarded-for': '192.0.2.44' },
    );
    const { text } = await world.ana.client.get('/admin/audit');
    for (const words of [
      /Sign-in failed/,
      /not signed in/,
      /Bob \(bob@example\.com\)/,
      /wrong password/,
      /Account disabled/,
      /<bdi>Ana<\/bdi>/,
      /Reason: has &lt;b&gt;left&lt;\/b&gt;/,
      /192\.0\.2\.44/,
    ])
      assert.match(text, words);
    assert.match((await world.ana.client.get('/admin/audit', { lang: 'es' })).text, /Cuenta desactivada/);
    await world.ana.client.get('/admin/audit', { lang: 'en' });
    await enableUser(world.bob.user);
    world.bob = await world.signIn(world.bob);
  });

  it('filters by person, action and days, and rejects invalid filters', async () => {
    await signIn('bob@example.com', 'not this one');
    await signIn('stranger@example.com', 'x');
    await world.signIn(world.bob);
    const read = async (query: Record<string, string>): Promise<number> =>
      entries(await world.ana.client.get('/admin/audit', query));
    assert.equal(await read({ person: 'BOB@example.com' }), 2);
    assert.equal(await read({ person: String(world.bob.user.id), action: 'signed_in' }), 1);
    assert.equal(await read({ person: 'stranger@example.com', action: '', from: '', to: '' }), 1);
    assert.equal(await read({ action: 'sign_in_refused' }), 2);
    assert.equal(await read({ from: day(-1), to: day(1) }), 3);
    assert.equal(await read({ from: day(2) }), 0);
    assert.equal(await read({ to: day(-2) }), 0);
    for (const [name, value] of [
      ['action', 'x'],
      ['from', 'soon'],
      ['from', '0000-01-01'],
      ['to', '2026-02-30'],
      ['after', 'x'],
      ['person', 'x'.repeat(300)],
      ['person', 'a\u0000b'],
    ] as const) {
      assert.equal((await world.ana.client.get('/admin/audit', { [name]: value })).status, 400, `${name} ${value}`);
    }
  });

  it('is paged with the same filters', async () => {
    await AuditEntry.bulkCreate(
      Array.from({ length: 60 }, () => ({
        action: 'signed_in' as const,
        actorId: world.bob.user.id,
        userId: world.bob.user.id,
      })),
    );
    await AuditEntry.bulkCreate(
      Array.from({ length: 5 }, () => ({ action: 'signed_out' as const, actorId: world.bob.user.id })),
    );
    const first = await world.ana.client.get('/admin/audit', { action: 'signed_in' });
    const [, next = ''] = /href="([^"]+)" rel="next"/.exec(first.text) ?? [];
    const second = await world.ana.client.get(next.replaceAll('&amp;', '&'));
    assert.deepEqual([entries(first), entries(second)], [50, 10]);
    assert.doesNotMatch(second.text, /rel="next"/);
  });
});
