import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { DomainError } from '../../../src/lib/errors.ts';
import { ApiToken, AuditEntry, Session, User } from '../../../src/models/index.ts';
import { type Rights, checkAnotherAdministrator, changeRights } from '../../../src/models/user/rights.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { unitOfWork } from '../../../src/database/transaction.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { createToken } from '../../../src/models/api-token/commands.ts';
import { createSession } from '../../../src/models/session/commands.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let bob: Viewer;
let eve: Viewer;
before(async () => {
  database = await openTestDatabase();
  [ana, bob, eve] = [await person('ana'), await person('bob'), await person('eve')];
});
after(() => database.close());
beforeEach(async () => {
  await User.update({ admin: false, disabled: false, disabledReason: null }, { where: {} });
  await User.update({ admin: true }, { where: { id: ana.id } });
  await AuditEntry.destroy({ where: {} });
});

const change = async (actor: Viewer | null, { id }: Viewer, rights: Rights): Promise<User> =>
  changeRights(await User.findByPk(id, { rejectOnEmpty: true }), actor, rights);
const administrators = async (): Promise<string[]> =>
  (await User.scope(['admin', 'active']).findAll({ order: ['name'] })).map(({ name }) => name);
const auditLog = async (): Promise<string[]> =>
  (await AuditEntry.findAll({ order: ['id'] })).map(
    ({ action, actorId, userId }) => `${String(actorId)} ${action} ${String(userId)}`,
  );

describe('an administrator', () => {
  it('disables a user, deleting their sessions and tokens in the same transaction and keeping the reason until they are enabled', async () => {
    await createSession({ sid: 'his', userId: bob.id, kept: {}, address: null, agent: null });
    await createToken(bob.id, { name: 'x', scopes: ['read'], expiresAt: null });
    await change(ana, bob, { disabled: true, disabledReason: 'left the company' });
    assert.deepEqual({ sessions: await Session.count(), tokens: await ApiToken.count() }, { sessions: 0, tokens: 0 });
    const { disabled, disabledReason } = await User.findByPk(bob.id, { rejectOnEmpty: true });
    assert.deepEqual({ disabled, disabledReason }, { disabled: true, disabledReason: 'left the company' });
    const again = await change(ana, bob, { disabled: false });
    assert.deepEqual(
      { disabled: again.disabled, disabledReason: again.disabledReason },
      { disabled: false, disabledReason: null },
    );
  });

  it('grants and removes admin rights, and every change is audited once', async () => {
    for (const rights of [
      { admin: true },
      { admin: true },
      { admin: false },
      { disabled: true },
      { disabled: true, disabledReason: 'why' },
      { disabled: false },
      {},
    ])
      await change(ana, bob, rights);
    assert.deepEqual(
      await auditLog(),
      ['admin_given', 'admin_taken', 'user_disabled', 'user_enabled'].map(
        (action) => `${String(ana.id)} ${action} ${String(bob.id)}`,
      ),
    );
  });

  it('cannot disable themselves or remove their own admin rights', async () => {
    for (const rights of [{ disabled: true }, { admin: false }])
      await assert.rejects(change(ana, ana, rights), { message: /errors\.notYourself/ });
    await change(ana, ana, { admin: true, disabled: false });
    assert.deepEqual(
      { administrators: await administrators(), audit: await auditLog() },
      { administrators: ['ana'], audit: [] },
    );
  });

  it('A40: must still be an administrator when the change is made', async () => {
    for (const stale of [{ admin: false }, { disabled: true }]) {
      await User.update({ admin: true, disabled: false }, { where: { id: bob.id } });
      await change(ana, bob, stale);
      const error = await change(bob, eve, { admin: true }).catch((error: unknown) => error as DomainError);
      assert.equal((error as DomainError).name, 'ForbiddenError');
    }
    assert.equal((await User.findByPk(eve.id))?.admin, false);
  });

  it('A40: always remains when two administrators act on each other at once', async () => {
    for (const rights of [{ admin: false }, { disabled: true }]) {
      for (let round = 0; round < 10; round += 1) {
        await User.update({ admin: true, disabled: false }, { where: { id: [ana.id, bob.id] } });
        const both = await Promise.allSettled([change(ana, bob, rights), change(bob, ana, rights)]);
        assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
        assert.equal((await administrators()).length, 1);
      }
    }
  });

  it('gets a NotFoundError if the account was deleted meanwhile', async () => {
    const deleted = await User.findByPk((await person('gone')).id, { rejectOnEmpty: true });
    await User.destroy({ where: { id: deleted.id } });
    await assert.rejects(changeRights(deleted, ana, { disabled: true }), { name: 'NotFoundError' });
  });
});

describe('the last administrator', () => {
  it('is checked under a lock, so that two cannot give up their rights at once', async () => {
    const resign = ({ id }: Viewer): Promise<void> =>
      unitOfWork(id, async () => {
        await checkAnotherAdministrator(id);
        await User.update({ admin: false }, { where: { id } });
      });
    await assert.rejects(resign(ana), { message: /errors\.lastAdministrator/ });
    await resign(bob);
    await User.update({ admin: true }, { where: { id: bob.id } });
    const both = await Promise.allSettled([resign(ana), resign(bob)]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  it('may be disabled by the operator, who can appoint another', async () => {
    await change(null, ana, { disabled: true });
    assert.deepEqual(await administrators(), []);
    await change(null, bob, { admin: true });
    assert.deepEqual(await administrators(), ['bob']);
  });
});

describe('a token', () => {
  it('A40: is not created if the user was disabled or the password changed during the request', async () => {
    const { passwordDigest } = await User.findByPk(bob.id, { rejectOnEmpty: true });
    const token = { name: 'x', scopes: ['read' as const], expiresAt: null };
    await assert.rejects(createToken(bob.id, token, { passwordDigest: 'another' }), { name: 'UnauthorizedError' });
    await createToken(bob.id, token, { passwordDigest });
    await change(ana, bob, { disabled: true });
    await assert.rejects(createToken(bob.id, token), { name: 'UnauthorizedError' });
    assert.equal(await ApiToken.count(), 0);
  });
});
