import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Transaction } from 'sequelize';
import { ForbiddenError, RateLimitError, ValidationError } from '../../src/lib/errors.ts';
import { hashPassword } from '../../src/lib/password.ts';
import { deleteAccount } from '../../src/models/user/account-deletion.ts';
import { EmailChange, List, PasswordReset, Session, Task, User } from '../../src/models/index.ts';
import type { Viewer } from '../../src/database/visible-lists.ts';
import { openTestDatabase } from '../support/database.ts';
import { eventually } from '../support/process.ts';
import { createSession } from '../../src/models/session/commands.ts';
import { requestEmailChange } from '../../src/models/user/email-changes.ts';
import { requestPasswordReset } from '../../src/models/user/password-resets.ts';
import { changePassword } from '../../src/models/user/password.ts';
import { registerUser } from '../../src/models/user/registration.ts';
import { findTasks } from '../../src/models/task/list-page.ts';
describe('races between account operations', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let user: User;
  let viewer: Viewer;
  const password = 'the lamp by the window';
  before(async () => {
    database = await openTestDatabase();
    user = await User.create({ name: 'Ana', email: 'ana@example.com', passwordDigest: await hashPassword(password) });
    const { id, name, email } = user;
    viewer = {
      id,
      name,
      email,
      admin: false,
      locale: 'en',
      timeZone: 'UTC',
      listId: (await List.create({ userId: id })).id,
    };
  });
  after(() => database.close());

  const withLock = async <T>(statement: string, work: (lock: Transaction) => Promise<T>): Promise<T> => {
    const lock = await database.sequelize.transaction();
    await database.sequelize.query(statement, { transaction: lock });
    return work(lock);
  };
  const countWaiting = async (): Promise<number> => {
    const [[row]] = (await database.sequelize.query(
      "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )) as [[{ n: number }], unknown];
    return row.n;
  };
  const mail = { subject: 'x', text: 'x', link: '/x' };
  const signIn = (passwordDigest: string): Promise<void> =>
    createSession({ sid: randomUUID(), userId: user.id, kept: {}, address: null, agent: null, passwordDigest });

  it('A3: a sign-in creates no session if the password changed after it was checked', async () => {
    const checked = user.passwordDigest;
    await signIn(checked);
    await withLock("UPDATE users SET password_digest = 'another'", async (lock) => {
      const signingIn = signIn(checked).then(
        () => null,
        (error: unknown) => error,
      );
      await eventually(async () => (await countWaiting()) === 1, 'the sign-in to wait for the change');
      await lock.commit();
      assert.ok((await signingIn) instanceof ForbiddenError);
    });
    await assert.rejects(signIn(checked), ForbiddenError);
    assert.equal(await Session.count(), 1);
    await User.update({ passwordDigest: checked }, { where: { id: user.id } });
  });

  it('A33: a password reset requested during an email change is not sent to the old address', async () => {
    await withLock("UPDATE users SET email = 'ana.new@example.com'", async (lock) => {
      const requesting = requestPasswordReset('ana@example.com', () => mail);
      await eventually(async () => (await countWaiting()) === 1, 'the request to wait for the change');
      await lock.commit();
      await requesting;
    });
    assert.equal(await PasswordReset.count(), 0);
    await User.update({ email: 'ana@example.com' }, { where: { id: user.id } });
  });

  it('A3: an email change is not recorded if the password changed after it was checked', async () => {
    const checked = user.passwordDigest;
    await withLock("UPDATE users SET password_digest = 'another'", async (lock) => {
      const requesting = requestEmailChange(viewer, 'thief@example.com', password, () => mail).then(
        () => null,
        (error: unknown) => error,
      );
      await eventually(async () => (await countWaiting()) === 1, 'the email change to wait for the password change');
      await lock.commit();
      assert.ok((await requesting) instanceof ValidationError);
    });
    assert.equal(await EmailChange.count(), 0);
    await User.update({ passwordDigest: checked }, { where: { id: user.id } });
  });

  it('A40: of two concurrent password changes with the same old password, one succeeds', async () => {
    const [one, two] = [await User.findByPk(user.id), await User.findByPk(user.id)];
    const results = await Promise.allSettled([
      changePassword(one!, password, 'the kettle on the stove', { keepSid: 'one' }),
      changePassword(two!, password, 'the cat under the stairs', { keepSid: 'two' }),
    ]);
    const failed = results.find((result) => result.status === 'rejected');
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.ok(failed?.reason instanceof ValidationError);
    assert.equal(failed.reason.errors[0]?.message, 'errors.passwordWrong');
    await User.update({ passwordDigest: user.passwordDigest }, { where: { id: user.id } });
  });

  it('A23: concurrent searches of one person use one connection', async () => {
    await Task.create({ listId: viewer.listId, userId: viewer.id, description: 'Find me' });
    await withLock('LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE', async (lock) => {
      const searches = Promise.allSettled(
        Array.from({ length: 12 }, () => findTasks(viewer, { status: 'open', sort: 'newest', q: 'find' })),
      );
      await eventually(async () => (await countWaiting()) > 0, 'a search to wait for the lock');
      assert.equal(await countWaiting(), 1);
      await lock.rollback();
      const found = (await searches).map((result) =>
        result.status === 'fulfilled'
          ? result.value.tasks.length
          : result.reason instanceof RateLimitError
            ? 'rate limited'
            : 0,
      );
      assert.deepEqual(found, [1, 1, 1, 1, 1, 1, 1, 1, ...Array<string>(4).fill('rate limited')]);
    });
  });

  it('A40: a user who registers while the only account is being deleted becomes administrator', async () => {
    await user.update({ admin: true });
    await withLock('SELECT FROM users FOR UPDATE', async (lock) => {
      const deleting = deleteAccount(await User.findByPk(user.id, { rejectOnEmpty: true }), viewer, password);
      await eventually(async () => (await countWaiting()) === 1, 'the deletion to wait');
      const registering = registerUser(
        { name: 'Bob', email: 'bob@example.com', password: 'nine grey umbrellas', locale: 'en', timeZone: 'UTC' },
        { registration: 'open', setupToken: null },
      );
      await eventually(async () => (await countWaiting()) === 2, 'the registration to wait for the deletion');
      await lock.commit();
      await deleting;
      assert.equal((await registering).admin, true);
    });
    assert.deepEqual(
      (await User.findAll()).map(({ email, admin }) => ({ email, admin })),
      [{ email: 'bob@example.com', admin: true }],
    );
  });
});
