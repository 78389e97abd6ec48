/** Registration, passwords, disabling and session expiry. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { subscribe } from '../../../src/events/index.ts';
import { ValidationError } from '../../../src/lib/errors.ts';
import { List, Session, User } from '../../../src/models/index.ts';
import {
  type Registration,
  type RegistrationRules,
  checkRegistrationIsOpen,
  registerUser,
} from '../../../src/models/user/registration.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { createSession, pruneSessions, saveSession, touchSession } from '../../../src/models/session/commands.ts';
import { endedSessions, loadSession } from '../../../src/models/session/queries.ts';
import { authenticate } from '../../../src/models/user/commands.ts';
import { changePassword, resetPassword } from '../../../src/models/user/password.ts';
import { disableUser, enableUser } from '../../../src/models/user/rights.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

const open: RegistrationRules = { registration: 'open', setupToken: null };
const registrationOf = (name: string): Registration => ({
  name,
  email: `${name}@example.com`,
  password: 'the lamp by the window',
  locale: 'es',
  timeZone: 'Europe/Madrid',
});
const register = (name: string, changes: Partial<Registration> = {}, rules = open): Promise<User> =>
  registerUser({ ...registrationOf(name), ...changes }, rules);
/** The validation errors that `work` throws, as `field message`. */
async function fieldErrorsOf(work: Promise<unknown>): Promise<string[]> {
  const error: unknown = await work.then(
    () => null,
    (rejection: unknown) => rejection,
  );
  assert.ok(error instanceof ValidationError, String(error));
  return error.errors.map(({ path, message }) => `${path} ${message}`);
}
/** The name of the error that `work` throws, or null. */
const errorNameOf = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: unknown) => (error as Error).name,
  );
const removeAllUsers = (): Promise<unknown> => User.destroy({ where: {} });

describe('registering', () => {
  beforeEach(removeAllUsers);

  it('creates an account with its own list, and makes the first one administrator', async () => {
    await User.create({ ...registrationOf('seeded'), passwordDigest: '-', seed: true });
    const ana = await register('ana');
    const bob = await register('bob');
    assert.deepEqual(
      { anaAdmin: ana.admin, bobAdmin: bob.admin, locale: ana.locale, timeZone: ana.timeZone },
      { anaAdmin: true, bobAdmin: false, locale: 'es', timeZone: 'Europe/Madrid' },
    );
    assert.equal(await List.count({ where: { userId: [ana.id, bob.id] } }), 2);
    assert.match(ana.passwordDigest, /^\$2b\$04\$/);
    assert.ok(!JSON.stringify(ana).includes('$2b$'), 'the digest is never serialized');
  });

  it('makes only one of two concurrent first users administrator', async () => {
    const both = await Promise.all([register('ana'), register('bob')]);
    assert.deepEqual(both.map(({ admin }) => admin).sort(), [false, true]);
  });

  it('requires the setup token, if there is one, of the first user only', async () => {
    const rules: RegistrationRules = { registration: 'open', setupToken: 'only-the-operator-knows' };
    for (const setupToken of [undefined, '', 'only-the-operator-know', 'only-the-operator-knows ']) {
      assert.deepEqual(await fieldErrorsOf(register('eve', { setupToken }, rules)), [
        'setupToken errors.setupTokenWrong',
      ]);
    }
    assert.equal((await register('ana', { setupToken: 'only-the-operator-knows' }, rules)).admin, true);
    assert.equal((await register('bob', {}, rules)).admin, false);
  });

  it('is possible only for the first user if registration is not open', async () => {
    for (const registration of ['invite', 'closed'] as const) {
      await removeAllUsers();
      assert.equal((await register('ana', {}, { registration, setupToken: null })).admin, true);
      assert.equal(await errorNameOf(register('bob', {}, { registration, setupToken: null })), 'ForbiddenError');
      assert.equal(await errorNameOf(checkRegistrationIsOpen({ registration, setupToken: null })), 'ForbiddenError');
    }
    assert.equal(await User.count(), 1);
  });

  it('rejects an email address in use, ignoring case, and leaves nothing behind', async () => {
    await person('ana');
    const lists = await List.count();
    for (const email of ['ana@example.com', 'ANA@Example.COM'])
      assert.deepEqual(await fieldErrorsOf(register('other', { email })), ['email errors.emailTaken']);
    const twins = await Promise.allSettled([register('bob'), register('bob')]);
    assert.deepEqual(twins.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.deepEqual({ users: await User.count(), lists: await List.count() }, { users: 2, lists: lists + 1 });
  });

  it('rejects passwords that are too short, too long or easily guessed', async () => {
    const refused: Record<string, string> = {
      'xk7-qpl': 'errors.passwordTooShort',
      ['x7 '.repeat(67)]: 'errors.passwordTooLong',
      'Passw0rd!': 'errors.passwordCommon',
      'ana@example.com': 'errors.passwordCommon',
      'xk7\0qpl-99': 'errors.invalid',
    };
    for (const [password, message] of Object.entries(refused))
      assert.deepEqual(await fieldErrorsOf(register('ana', { password })), [`password ${message}`]);
    assert.equal(await User.count(), 0);
  });
});

describe('a user', () => {
  let ana: User;
  const announced: unknown[] = [];
  const stops = [
    subscribe('access_ended', (ended) => announced.push(ended)),
    subscribe('session_ended', (ended) => announced.push(ended)),
  ];
  after(() => {
    for (const stop of stops) stop();
  });
  before(async () => {
    await removeAllUsers();
    ana = await register('ana');
  });
  beforeEach(async () => {
    for (const sid of ['here', 'there', 'elsewhere'])
      await createSession({ sid, userId: ana.id, kept: {}, address: null, agent: null });
  });
  afterEach(async () => {
    await Session.destroy({ where: {} });
    announced.length = 0;
  });
  const sids = async (): Promise<string[]> => (await Session.findAll({ order: ['sid'] })).map(({ sid }) => sid);

  it('is authenticated by email address and password only', async () => {
    const right = 'the lamp by the window';
    assert.equal((await authenticate(' ANA@example.com', right))?.id, ana.id);
    for (const [email, password] of [
      ['ana@example.com', 'The lamp by the window'],
      ['bob@example.com', right],
      ['', right],
      ["' OR 1=1 --", right],
    ] as const)
      assert.equal(await authenticate(email, password), null);
  });

  it('changes the password, which ends all other sessions', async () => {
    assert.deepEqual(
      await fieldErrorsOf(changePassword(ana, 'not this one', 'a kettle on the roof', { keepSid: 'here' })),
      ['currentPassword errors.passwordWrong'],
    );
    assert.deepEqual(
      await fieldErrorsOf(changePassword(ana, 'the lamp by the window', 'ana12345', { keepSid: 'here' })),
      ['newPassword errors.passwordCommon'],
    );
    assert.deepEqual({ sids: await sids(), announced }, { sids: ['elsewhere', 'here', 'there'], announced: [] });

    await changePassword(ana, 'the lamp by the window', 'a kettle on the roof', { keepSid: 'here' });
    assert.deepEqual(await sids(), ['here']);
    assert.deepEqual(announced, [{ userId: ana.id, reason: 'password_changed', exceptSid: 'here' }]);
    assert.ok(await authenticate('ana@example.com', 'a kettle on the roof'));
  });

  it('gets a new password from the operator, which ends all sessions', async () => {
    const password = await resetPassword(ana);
    assert.deepEqual(await sids(), []);
    assert.deepEqual(announced, [{ userId: ana.id, reason: 'password_changed', exceptSid: undefined }]);
    assert.ok(await authenticate('ana@example.com', password));
  });

  it('that is disabled has no session, cannot get one, and sees the reason only with the right password', async () => {
    const password = await resetPassword(ana);
    announced.length = 0;
    await createSession({ sid: 'one', userId: ana.id, kept: {}, address: null, agent: null });
    await disableUser(ana, 'left the company', null);
    assert.deepEqual(announced, [{ userId: ana.id, reason: 'disabled', exceptSid: undefined }]);
    assert.deepEqual(await sids(), []);
    assert.equal(
      await errorNameOf(createSession({ sid: 'two', userId: ana.id, kept: {}, address: null, agent: null })),
      'ForbiddenError',
    );
    assert.deepEqual(await fieldErrorsOf(authenticate('ana@example.com', password)), [' errors.accountDisabled']);
    assert.equal(await authenticate('ana@example.com', `${password}?`), null);
    await enableUser(ana);
    assert.ok(await authenticate('ana@example.com', password));
  });

  it('is loaded with the session in one statement, and not once disabled, even if the row still exists', async () => {
    const loaded = await loadSession('here');
    const list = await List.findOne({ where: { userId: ana.id } });
    assert.deepEqual(loaded, {
      viewer: {
        id: ana.id,
        name: 'ana',
        email: 'ana@example.com',
        admin: true,
        locale: 'es',
        timeZone: 'Europe/Madrid',
        listId: list!.id,
      },
      kept: {},
      stale: false,
    });
    assert.ok(Object.isFrozen(loaded.viewer));
    await ana.update({ disabled: true });
    assert.equal(await loadSession('here'), null);
    assert.deepEqual(await endedSessions(['here', 'nowhere']), [
      { sid: 'here', reason: 'disabled' },
      { sid: 'nowhere', reason: 'signed_out' },
    ]);
    await ana.update({ disabled: false });
  });
});

describe('a session', () => {
  let userId: number;
  before(async () => {
    userId = (await person('cleo')).id;
  });
  beforeEach(() => createSession({ sid: 'cleo', userId, kept: {}, address: null, agent: null }));
  afterEach(() => Session.destroy({ where: {} }));

  /** Moves all times of the sessions back, as if time had passed. */
  const advance = (interval: string): Promise<unknown> =>
    database.sequelize.query(
      'UPDATE sessions SET created_at = created_at - $1::interval, last_seen_at = last_seen_at - $1::interval, expire = expire - $1::interval',
      { bind: [interval] },
    );
  const isExpired = async (): Promise<boolean> => (await loadSession('cleo')) === null;

  it('A5: expires after 14 days without a visit', async () => {
    await advance('13 days 23 hours 59 minutes');
    assert.equal(await isExpired(), false);
    await advance('2 minutes');
    assert.equal(await isExpired(), true);
    assert.deepEqual(await endedSessions(['cleo']), [{ sid: 'cleo', reason: 'expired' }]);
    await touchSession('cleo');
    await saveSession('cleo', {});
    assert.equal(await isExpired(), true, 'an expired session stays expired');
  });

  it('is deleted some time after it expired, and no other is', async () => {
    await advance('15 days');
    await createSession({ sid: 'new', userId, kept: {}, address: null, agent: null });
    assert.equal(await Session.count(), 2);
    assert.deepEqual({ first: await pruneSessions(), second: await pruneSessions() }, { first: 1, second: 0 });
    assert.deepEqual(
      (await Session.findAll()).map(({ sid }) => sid),
      ['new'],
    );
  });

  it('A5: expires after 90 days even with weekly visits', async () => {
    for (let week = 0; week < 12; week += 1) {
      await advance('7 days');
      assert.equal(await isExpired(), false, `week ${String(week)}`);
      await touchSession('cleo');
    }
    await advance('5 days 23 hours');
    assert.equal(await isExpired(), false);
    await touchSession('cleo');
    await advance('2 hours');
    assert.equal(await isExpired(), true);
  });

  it('records visits at most once an hour', async () => {
    assert.equal((await loadSession('cleo'))?.stale, false);
    await advance('61 minutes');
    assert.equal((await loadSession('cleo'))?.stale, true);
    await touchSession('cleo');
    assert.equal((await loadSession('cleo'))?.stale, false);
  });
});
