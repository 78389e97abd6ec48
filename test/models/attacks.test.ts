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

describe('what is tried while something else is under way', () => {
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

  const lockedWhile = async <T>(statement: string, work: (lock: Transaction) => Promise<T>): Promise<T> => {
    const lock = await database.sequelize.transaction();
    await database.sequelize.query(statement, { transaction: lock });
    return work(lock);
  };
  const waiting = async (): Promise<number> => {
    const [[row]] = (await database.sequelize.query(
      "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )) as [[{ n: number }], unknown];
    return row.n;
  };
  const letter = { subject: 'x', text: 'x', link: '/x' };
  const begin = (passwordDigest: string): Promise<void> =>
    Session.begin({ sid: randomUUID(), userId: user.id, kept: {}, address: null, agent: null, passwordDigest });

  it('A3: a sign-in whose password was changed since it was checked begins no session', async () => {
    const checked = user.passwordDigest;
    await begin(checked);
    await lockedWhile("UPDATE users SET password_digest = 'another'", async (lock) => {
      const beginning = begin(checked).then(
        () => null,
        (error: unknown) => error,
      );
      await eventually(async () => (await waiting()) === 1, 'the sign-in that waits for the change');
      await lock.commit();
      assert.ok((await beginning) instanceof ForbiddenError);
    });
    await assert.rejects(begin(checked), ForbiddenError);
    assert.equal(await Session.count(), 1);
    await User.update({ passwordDigest: checked }, { where: { id: user.id } });
  });

  it('A33: a new password that is asked for while the address changes is not for whoever reads the old one', async () => {
    await lockedWhile("UPDATE users SET email = 'ana.new@example.com'", async (lock) => {
      const asking = PasswordReset.ask('ana@example.com', () => letter);
      await eventually(async () => (await waiting()) === 1, 'the link that waits for the change');
      await lock.commit();
      await asking;
    });
    assert.equal(await PasswordReset.count(), 0);
    await User.update({ email: 'ana@example.com' }, { where: { id: user.id } });
  });

  it('A3: a new address that is asked for with a password that was changed since it was checked is noted for nobody', async () => {
    const checked = user.passwordDigest;
    await lockedWhile("UPDATE users SET password_digest = 'another'", async (lock) => {
      const asking = EmailChange.ask(viewer, 'thief@example.com', password, () => letter).then(
        () => null,
        (error: unknown) => error,
      );
      await eventually(async () => (await waiting()) === 1, 'the new address that waits for the change');
      await lock.commit();
      assert.ok((await asking) instanceof ValidationError);
    });
    assert.equal(await EmailChange.count(), 0);
    await User.update({ passwordDigest: checked }, { where: { id: user.id } });
  });

  it('A40: of two who change the password at once with the old one, one does', async () => {
    const [one, two] = [await User.findByPk(user.id), await User.findByPk(user.id)];
    const results = await Promise.allSettled([
      one!.changePassword(password, 'the kettle on the stove', 'one'),
      two!.changePassword(password, 'the cat under the stairs', 'two'),
    ]);
    const refused = results.find((result) => result.status === 'rejected');
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.ok(refused?.reason instanceof ValidationError);
    assert.equal(refused.reason.errors[0]?.message, 'errors.passwordWrong');
    await User.update({ passwordDigest: user.passwordDigest }, { where: { id: user.id } });
  });

  it('A23: searches of one person take one connection, however many they are', async () => {
    await Task.create({ listId: viewer.listId, userId: viewer.id, description: 'Find me' });
    await lockedWhile('LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE', async (lock) => {
      const searches = Promise.allSettled(
        Array.from({ length: 12 }, () => Task.page(viewer, { status: 'open', sort: 'newest', q: 'find' })),
      );
      await eventually(async () => (await waiting()) > 0, 'a search that waits for the lock');
      assert.equal(await waiting(), 1);
      await lock.rollback();
      const found = (await searches).map((result) =>
        result.status === 'fulfilled'
          ? result.value.tasks.length
          : result.reason instanceof RateLimitError
            ? 'refused'
            : 0,
      );
      assert.deepEqual(found, [1, 1, 1, 1, 1, 1, 1, 1, 'refused', 'refused', 'refused', 'refused']);
    });
  });

  it('A40: whoever registers while the only account is deleted looks after the others', async () => {
    await user.update({ admin: true });
    await lockedWhile('SELECT FROM users FOR UPDATE', async (lock) => {
      const leaving = deleteAccount(await User.findByPk(user.id, { rejectOnEmpty: true }), viewer, password);
      await eventually(async () => (await waiting()) === 1, 'the deletion that waits');
      const coming = User.register(
        { name: 'Bob', email: 'bob@example.com', password: 'nine grey umbrellas', locale: 'en', timeZone: 'UTC' },
        { registration: 'open', setupToken: null },
      );
      await eventually(async () => (await waiting()) === 2, 'the registration that waits for the deletion');
      await lock.commit();
      await leaving;
      assert.equal((await coming).admin, true);
    });
    assert.deepEqual(
      (await User.findAll()).map(({ email, admin }) => [email, admin]),
      [['bob@example.com', true]],
    );
  });
});
