import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { requestContext } from '../../../src/lib/logger.ts';
import { type AuditFilters, auditPage } from '../../../src/models/audit/queries.ts';
import { AuditEntry, User } from '../../../src/models/index.ts';
import { unitOfWork } from '../../../src/database/transaction.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { statementsOf } from '../../support/statements.ts';
import { pruneAudit, recordAudit } from '../../../src/models/audit/commands.ts';
import { authenticate } from '../../../src/models/user/commands.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let bob: Viewer;
before(async () => {
  database = await openTestDatabase();
  [ana, bob] = [await person('ana'), await person('bob')];
});
after(() => database.close());
beforeEach(() => AuditEntry.destroy({ where: {} }));

const page = async (filters: Partial<AuditFilters> = {}, size = 50) =>
  (await auditPage({ timeZone: 'UTC', ...filters }, null, size)).entries;
const idsOf = (entries: { id: number }[]): number[] => entries.map(({ id }) => id);
/** Creates an entry for each time. @returns their ids */
async function createEntries(...times: string[]): Promise<number[]> {
  const ids: number[] = [];
  for (const createdAt of times)
    ids.push(
      (
        await AuditEntry.create({
          action: 'signed_in',
          actorId: ana.id,
          userId: ana.id,
          createdAt: new Date(createdAt),
        })
      ).id,
    );
  return ids;
}

describe('an entry of the audit', () => {
  it('records who did what to whom, with the address of the current request', async () => {
    await requestContext.run({ requestId: 'r', address: '192.0.2.7' }, () =>
      recordAudit('user_disabled', { actorId: ana.id, userId: bob.id, details: { note: 'left' } }),
    );
    const [entry, ...rest] = await page();
    assert.deepEqual(rest, []);
    const { id: _, createdAt, ...recorded } = entry!;
    assert.deepEqual(recorded, {
      action: 'user_disabled',
      details: { note: 'left' },
      address: '192.0.2.7',
      actorId: ana.id,
      actorName: 'ana',
      userId: bob.id,
      userName: 'bob',
      userEmail: 'bob@example.com',
    });
    assert.ok(Math.abs(createdAt.getTime() - Date.now()) < 60_000);
  });

  it('is committed with the change or not at all', async () => {
    const failing = unitOfWork(ana.id, async () => {
      await recordAudit('admin_given', { actorId: ana.id, userId: bob.id });
      throw new Error('no');
    });
    await assert.rejects(failing, /^Error: no$/);
    assert.deepEqual(await page(), []);
  });

  it('remains when its users are deleted, without their names', async () => {
    const deleted = await person('gone');
    await recordAudit('token_made', { actorId: deleted.id, userId: deleted.id });
    await User.destroy({ where: { id: deleted.id } });
    const [entry] = await page({ person: deleted.id });
    assert.deepEqual(
      { actorId: entry?.actorId, actorName: entry?.actorName, userEmail: entry?.userEmail },
      { actorId: deleted.id, actorName: null, userEmail: null },
    );
  });

  it('is deleted after a year, and not before', async () => {
    const day = 24 * 60 * 60 * 1000;
    const [, kept] = await createEntries(
      new Date(Date.now() - 367 * day).toISOString(),
      new Date(Date.now() - 364 * day).toISOString(),
    );
    assert.deepEqual({ first: await pruneAudit(), second: await pruneAudit() }, { first: 1, second: 0 });
    assert.deepEqual(idsOf(await page()), [kept]);
  });
});

describe('the audit log', () => {
  it('is paged newest first, with each entry once, even if times are equal', async () => {
    const ids = await createEntries(
      ...Array.from({ length: 7 }, () => '2026-11-20T10:00:00.000Z'),
      '2026-11-20T09:00:00.000Z',
    );
    const seen: number[] = [];
    for (let after: Awaited<ReturnType<typeof auditPage>>['next'] = null; ;) {
      const { entries, next } = await auditPage({ timeZone: 'UTC' }, after, 3);
      seen.push(...idsOf(entries));
      if (!next) break;
      after = next;
    }
    assert.deepEqual(seen, [...ids.slice(0, 7).reverse(), ids[7]]);
  });

  it('is filtered by person, as actor or as subject, by id or email address', async () => {
    await recordAudit('signed_in', { actorId: bob.id, userId: bob.id });
    await recordAudit('user_disabled', { actorId: ana.id, userId: bob.id });
    await recordAudit('user_enabled', { actorId: bob.id, userId: ana.id });
    await recordAudit('signed_out', { actorId: ana.id, userId: ana.id });
    const expected = ['user_enabled', 'user_disabled', 'signed_in'];
    for (const who of [bob.id, 'bob@example.com', ' BOB@Example.com'])
      assert.deepEqual(
        (await page({ person: who })).map(({ action }) => action),
        expected,
      );
    assert.deepEqual(await page({ person: 'nobody@example.com' }), []);
    assert.deepEqual(
      (await page({ person: bob.id }, 1)).map(({ action }) => action),
      ['user_enabled'],
    );
  });

  it('is filtered by an unknown email address, for entries without a user', async () => {
    await recordAudit('sign_in_refused', {
      actorId: null,
      details: { reason: 'unknown', email: 'stranger@example.com' },
    });
    assert.equal((await page({ person: 'Stranger@example.com' })).length, 1);
  });

  it("is filtered by action, and by days in the viewer's time zone", async () => {
    await createEntries(
      '2026-11-20T22:59:59.999Z',
      '2026-11-20T23:00:00.000Z',
      '2026-11-21T22:59:59.999Z',
      '2026-11-21T23:00:00.000Z',
    );
    await recordAudit('signed_out', { actorId: ana.id, userId: ana.id });
    const times = async (filters: Partial<AuditFilters>) =>
      (await page({ action: 'signed_in', timeZone: 'Europe/Madrid', ...filters })).map(({ createdAt }) =>
        createdAt.toISOString(),
      );
    assert.deepEqual(await times({ from: '2026-11-21', to: '2026-11-21' }), [
      '2026-11-21T22:59:59.999Z',
      '2026-11-20T23:00:00.000Z',
    ]);
    assert.equal((await times({ from: '2026-11-21' })).length, 3);
    assert.equal((await times({ to: '2026-11-20', person: ana.id })).length, 1);
    assert.deepEqual((await page({ action: 'signed_out' })).length, 1);
  });
});

describe('a failed sign-in', () => {
  it('A30: is recorded alike for a known and an unknown address, with one statement', async () => {
    const statements = (email: string): Promise<string[]> =>
      statementsOf(database.sequelize, () => authenticate(email, 'not this one'));
    const [known, unknown] = [await statements('bob@example.com'), await statements('nobody@example.com')];
    assert.deepEqual({ count: known.length, last: known.at(-1) }, { count: 2, last: unknown.at(-1) });
    assert.equal(unknown.length, 2);
  });
});
