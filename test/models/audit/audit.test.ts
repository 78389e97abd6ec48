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
/** Entries at these times, the first one first. */
async function at(...times: string[]): Promise<number[]> {
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
  it('tells who did what to whom, with the address of the request at hand', async () => {
    await requestContext.run({ requestId: 'r', address: '192.0.2.7' }, () =>
      recordAudit('user_disabled', { actorId: ana.id, userId: bob.id, details: { note: 'left' } }),
    );
    const [entry, ...rest] = await page();
    assert.deepEqual(rest, []);
    const { id: _, createdAt, ...told } = entry!;
    assert.deepEqual(told, {
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
    const refused = unitOfWork(ana.id, async () => {
      await recordAudit('admin_given', { actorId: ana.id, userId: bob.id });
      throw new Error('no');
    });
    await assert.rejects(refused, /^Error: no$/);
    assert.deepEqual(await page(), []);
  });

  it('stays when its people are gone, without their names', async () => {
    const gone = await person('gone');
    await recordAudit('token_made', { actorId: gone.id, userId: gone.id });
    await User.destroy({ where: { id: gone.id } });
    const [entry] = await page({ person: gone.id });
    assert.deepEqual([entry?.actorId, entry?.actorName, entry?.userEmail], [gone.id, null, null]);
  });

  it('goes after a year, and none before', async () => {
    const day = 24 * 60 * 60 * 1000;
    const [, kept] = await at(
      new Date(Date.now() - 367 * day).toISOString(),
      new Date(Date.now() - 364 * day).toISOString(),
    );
    assert.deepEqual([await pruneAudit(), await pruneAudit()], [1, 0]);
    assert.deepEqual(idsOf(await page()), [kept]);
  });
});

describe('the audit is read', () => {
  it('newest first, page by page, each entry once, also those of one moment', async () => {
    const ids = await at(...Array.from({ length: 7 }, () => '2026-11-20T10:00:00.000Z'), '2026-11-20T09:00:00.000Z');
    const seen: number[] = [];
    for (let after: Awaited<ReturnType<typeof auditPage>>['next'] = null; ;) {
      const { entries, next } = await auditPage({ timeZone: 'UTC' }, after, 3);
      seen.push(...idsOf(entries));
      if (!next) break;
      after = next;
    }
    assert.deepEqual(seen, [...ids.slice(0, 7).reverse(), ids[7]]);
  });

  it('by person: what they did and what was done to them, once each, by id or by email address', async () => {
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

  it('by an address that nobody has, which is all that is known of some', async () => {
    await recordAudit('sign_in_refused', {
      actorId: null,
      details: { reason: 'unknown', email: 'stranger@example.com' },
    });
    assert.equal((await page({ person: 'Stranger@example.com' })).length, 1);
  });

  it('by action, and by days as the reader counts them', async () => {
    await at(
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

describe('a refusal to sign in', () => {
  it('A30: is noted for a known address as for an unknown one, by one statement', async () => {
    const statements = (email: string): Promise<string[]> =>
      statementsOf(database.sequelize, () => authenticate(email, 'not this one'));
    const [known, unknown] = [await statements('bob@example.com'), await statements('nobody@example.com')];
    assert.deepEqual([known.length, known.at(-1)], [2, unknown.at(-1)]);
    assert.equal(unknown.length, 2);
  });
});
