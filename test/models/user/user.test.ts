/** Over 200 lines: an account from its beginning to the ends of its sessions. */
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
const somebody = (name: string): Registration => ({
  name,
  email: `${name}@example.com`,
  password: 'the lamp by the window',
  locale: 'es',
  timeZone: 'Europe/Madrid',
});
const register = (name: string, changes: Partial<Registration> = {}, rules = open): Promise<User> =>
  registerUser({ ...somebody(name), ...changes }, rules);
/** The errors of a refusal, as `field sentence`. */
async function fieldErrorsOf(work: Promise<unknown>): Promise<string[]> {
  const error: unknown = await work.then(
    () => null,
    (refusal: unknown) => refusal,
  );
  assert.ok(error instanceof ValidationError, String(error));
  return error.errors.map(({ path, message }) => `${path} ${message}`);
}
/** The name of the error that `work` throws, null without one. */
const errorNameOf = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: unknown) => (error as Error).name,
  );
const removeEverybody = (): Promise<unknown> => User.destroy({ where: {} });

describe('registering', () => {
  beforeEach(removeEverybody);

  it('makes an account with a list of its own, and the first one the administrator', async () => {
    await User.create({ ...somebody('seeded'), passwordDigest: '-', seed: true });
    const ana = await register('ana');
    const bob = await register('bob');
    assert.deepEqual(
      { anaAdmin: ana.admin, bobAdmin: bob.admin, locale: ana.locale, timeZone: ana.timeZone },
      { anaAdmin: true, bobAdmin: false, locale: 'es', timeZone: 'Europe/Madrid' },
    );
    assert.equal(await List.count({ where: { userId: [ana.id, bob.id] } }), 2);
    assert.match(ana.passwordDigest, /^\$2b\$04\$/);
    assert.ok(!JSON.stringify(ana).includes('$2b$'), 'the digest is never shown');
  });

  it('makes one administrator of two who come first at the same time', async () => {
    const both = await Promise.all([register('ana'), register('bob')]);
    assert.deepEqual(both.map(({ admin }) => admin).sort(), [false, true]);
  });

  it('asks the first one, and only that one, for the setup token where there is one', async () => {
    const rules: RegistrationRules = { registration: 'open', setupToken: 'only-the-operator-knows' };
    for (const setupToken of [undefined, '', 'only-the-operator-know', 'only-the-operator-knows ']) {
      assert.deepEqual(await fieldErrorsOf(register('eve', { setupToken }, rules)), [
        'setupToken errors.setupTokenWrong',
      ]);
    }
    assert.equal((await register('ana', { setupToken: 'only-the-operator-knows' }, rules)).admin, true);
    assert.equal((await register('bob', {}, rules)).admin, false);
  });

  it('is for the first one alone where registration is not open', async () => {
    for (const registration of ['invite', 'closed'] as const) {
      await removeEverybody();
      assert.equal((await register('ana', {}, { registration, setupToken: null })).admin, true);
      assert.equal(await errorNameOf(register('bob', {}, { registration, setupToken: null })), 'ForbiddenError');
      assert.equal(await errorNameOf(checkRegistrationIsOpen({ registration, setupToken: null })), 'ForbiddenError');
    }
    assert.equal(await User.count(), 1);
  });

  it('refuses an email address that somebody has, however it is written, and leaves nothing behind', async () => {
    await person('ana');
    const lists = await List.count();
    for (const email of ['ana@example.com', 'ANA@Example.COM'])
      assert.deepEqual(await fieldErrorsOf(register('other', { email })), ['email errors.emailTaken']);
    const twins = await Promise.allSettled([register('bob'), register('bob')]);
    assert.deepEqual(twins.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.deepEqual({ users: await User.count(), lists: await List.count() }, { users: 2, lists: lists + 1 });
  });

  it('refuses passwords that are too short, too long or easily guessed', async () => {
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
  const heard: unknown[] = [];
  const stops = [
    subscribe('access_ended', (ended) => heard.push(ended)),
    subscribe('session_ended', (ended) => heard.push(ended)),
  ];
  after(() => {
    for (const stop of stops) stop();
  });
  before(async () => {
    await removeEverybody();
    ana = await register('ana');
  });
  beforeEach(async () => {
    for (const sid of ['here', 'there', 'elsewhere'])
      await createSession({ sid, userId: ana.id, kept: {}, address: null, agent: null });
  });
  afterEach(async () => {
    await Session.destroy({ where: {} });
    heard.length = 0;
  });
  const sids = async (): Promise<string[]> => (await Session.findAll({ order: ['sid'] })).map(({ sid }) => sid);

  it('is known by email address and password, and by nothing else', async () => {
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

  it('changes the password, and every other session ends', async () => {
    assert.deepEqual(await fieldErrorsOf(changePassword(ana, 'not this one', 'a kettle on the roof', 'here')), [
      'currentPassword errors.passwordWrong',
    ]);
    assert.deepEqual(await fieldErrorsOf(changePassword(ana, 'the lamp by the window', 'ana12345', 'here')), [
      'newPassword errors.passwordCommon',
    ]);
    assert.deepEqual({ sids: await sids(), announced: heard }, { sids: ['elsewhere', 'here', 'there'], announced: [] });

    await changePassword(ana, 'the lamp by the window', 'a kettle on the roof', 'here');
    assert.deepEqual(await sids(), ['here']);
    assert.deepEqual(heard, [{ userId: ana.id, reason: 'password_changed', exceptSid: 'here' }]);
    assert.ok(await authenticate('ana@example.com', 'a kettle on the roof'));
  });

  it('gets a new password from the operator, and every session ends', async () => {
    const password = await resetPassword(ana);
    assert.deepEqual(await sids(), []);
    assert.deepEqual(heard, [{ userId: ana.id, reason: 'password_changed', exceptSid: undefined }]);
    assert.ok(await authenticate('ana@example.com', password));
  });

  it('that is disabled has no session, gets none, and learns why only with the right password', async () => {
    const password = await resetPassword(ana);
    heard.length = 0;
    await createSession({ sid: 'one', userId: ana.id, kept: {}, address: null, agent: null });
    await disableUser(ana, 'left the house', null);
    assert.deepEqual(heard, [{ userId: ana.id, reason: 'disabled', exceptSid: undefined }]);
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

  it('is read with the session in one statement, and not once disabled, even where the row is still there', async () => {
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

describe('the ends of a session', () => {
  let userId: number;
  before(async () => {
    userId = (await person('cleo')).id;
  });
  beforeEach(() => createSession({ sid: 'hers', userId, kept: {}, address: null, agent: null }));
  afterEach(() => Session.destroy({ where: {} }));

  /** What the row would be if the clock had gone on: all its times lie so much further back. */
  const timePasses = (interval: string): Promise<unknown> =>
    database.sequelize.query(
      'UPDATE sessions SET created_at = created_at - $1::interval, last_seen_at = last_seen_at - $1::interval, expire = expire - $1::interval',
      { bind: [interval] },
    );
  const isOver = async (): Promise<boolean> => (await loadSession('hers')) === null;

  it('A5: are 14 days without a visit', async () => {
    await timePasses('13 days 23 hours 59 minutes');
    assert.equal(await isOver(), false);
    await timePasses('2 minutes');
    assert.equal(await isOver(), true);
    assert.deepEqual(await endedSessions(['hers']), [{ sid: 'hers', reason: 'expired' }]);
    await touchSession('hers');
    await saveSession('hers', {});
    assert.equal(await isOver(), true, 'what is over stays over');
  });

  it('take the row with them, some time later, and no other', async () => {
    await timePasses('15 days');
    await createSession({ sid: 'new', userId, kept: {}, address: null, agent: null });
    assert.equal(await Session.count(), 2);
    assert.deepEqual({ first: await pruneSessions(), second: await pruneSessions() }, { first: 1, second: 0 });
    assert.deepEqual(
      (await Session.findAll()).map(({ sid }) => sid),
      ['new'],
    );
  });

  it('A5: are 90 days in all, for whoever comes every week', async () => {
    for (let week = 0; week < 12; week += 1) {
      await timePasses('7 days');
      assert.equal(await isOver(), false, `week ${String(week)}`);
      await touchSession('hers');
    }
    await timePasses('5 days 23 hours');
    assert.equal(await isOver(), false);
    await touchSession('hers');
    await timePasses('2 hours');
    assert.equal(await isOver(), true);
  });

  it('are noted at most once an hour', async () => {
    assert.equal((await loadSession('hers'))?.stale, false);
    await timePasses('61 minutes');
    assert.equal((await loadSession('hers'))?.stale, true);
    await touchSession('hers');
    assert.equal((await loadSession('hers'))?.stale, false);
  });
});
