import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createLogger } from '../../../src/lib/logger.ts';
import { ApiToken, AuditEntry, Mail, PasswordReset, Session, User } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client, type Answer } from '../../support/client.ts';
import { linkTo, lastMailTo } from '../../support/mails.ts';
import { openTab } from '../../support/socket.ts';
import { Program } from '../../support/program.ts';
import { createWorld, worldPassword, type World } from '../../support/world.ts';
import { createToken } from '../../../src/models/api-token/commands.ts';
import { pendingMails } from '../../../src/models/mail/queries.ts';

let app: TestApp;
let world: World;
let written = '';
before(async () => {
  app = await startApp(
    { trustProxy: 1, publicUrl: null },
    createLogger(
      'debug',
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          written += chunk.toString();
          done();
        },
      }),
    ),
  );
  world = await createWorld(app);
});
after(() => app.close());
beforeEach(async () => {
  await app.sequelize.query('DELETE FROM throttles');
  await app.sequelize.query('DELETE FROM mails');
  await User.update({ passwordDigest: world.bob.user.passwordDigest }, { where: {} });
});

const next = 'nine grey umbrellas';
const ask = (email: string, headers: Record<string, string> = {}): Promise<Answer> =>
  world.anon.post('/password-resets', { email }, headers);
const choose = (link: string, newPassword = next, client = new Client(app.url)): Promise<Answer> =>
  client.patch(link, { newPassword });
const signsIn = async (password: string): Promise<boolean> =>
  (await new Client(app.url).post('/login', { email: 'ana@example.com', password })).status === 303;
async function askedLink(): Promise<string> {
  assert.equal((await ask('ana@example.com')).location, '/password-resets/new?asked');
  return linkTo('ana@example.com');
}

describe('a password reset', () => {
  it('is requested on the sign-in page, completed with the link, and signed in with', async () => {
    assert.match((await world.anon.get('/login')).text, /href="\/password-resets\/new\?/);
    assert.match((await world.anon.get('/password-resets/new')).text, /name="email"/);
    const elsewhere = await world.signIn(world.ana);
    const tab = await openTab(elsewhere);
    const link = await askedLink();
    assert.match((await world.anon.get('/password-resets/new?asked')).text, /If there is an account with this address/);
    assert.match((await world.anon.get(link)).text, /ana@example\.com/);

    const browser = new Client(app.url);
    const { status, location, headers } = await choose(link, next, browser);
    assert.deepEqual(
      [status, location, headers.getSetCookie()],
      [303, '/login?notice=reset', []],
      'nobody is signed in by it',
    );
    assert.match((await browser.get('/login?notice=reset')).text, /Password changed/);
    assert.deepEqual(await tab.waitFor('session_ended'), { reason: 'password_changed' });
    assert.equal(await Session.count({ where: { userId: world.ana.user.id } }), 0);
    assert.deepEqual([await signsIn(worldPassword), await signsIn(next)], [false, true]);
    assert.equal(await AuditEntry.count({ where: { action: 'password_reset', userId: world.ana.user.id } }), 1);
  });

  it('A49: revokes the API tokens made before it; a change of password does so but for those that one keeps', async () => {
    const { client, user } = world.ana;
    const made = await Promise.all(
      ['planted', 'own'].map((name) => createToken(user.id, { name, scopes: ['read'], expiresAt: null })),
    );
    const answers = (): Promise<number[]> =>
      Promise.all(made.map(async ({ token }) => (await new Program(app.url, token).get('/tasks')).status));
    const changed = await (
      await world.signIn(world.ana)
    ).client.patch('/settings/password', {
      currentPassword: worldPassword,
      newPassword: next,
      keepTokens: String(made[1]!.row.id),
    });
    assert.equal(changed.status, 303);
    assert.deepEqual(await answers(), [401, 200]);
    assert.equal((await choose(await askedLink())).status, 303);
    assert.deepEqual(await answers(), [401, 401]);
    assert.equal(await ApiToken.count({ where: { userId: user.id } }), 0);
    const ended = await AuditEntry.findAll({ where: { action: 'token_ended', userId: user.id } });
    assert.deepEqual(ended.map(({ details }) => details.name).toSorted(), ['own', 'planted']);
    assert.equal((await client.get('/settings')).status, 303);
  });

  it("is mailed in the person's language", async () => {
    await User.update({ locale: 'es' }, { where: { id: world.ana.user.id } });
    await askedLink();
    assert.match((await lastMailTo('ana@example.com')).subject, /contraseña/);
    await User.update({ locale: 'en' }, { where: { id: world.ana.user.id } });
  });

  it('stores the token only in the pending mail', async () => {
    const secret = (await askedLink()).split('/').at(-1)!;
    const [rows] = await app.sequelize.query(
      'SELECT to_jsonb(password_resets.*)::text AS text FROM password_resets UNION ALL SELECT details::text FROM audit_entries',
    );
    assert.ok(rows.length > 0 && !JSON.stringify(rows).includes(secret));
    await world.anon.get(`/password-resets/${secret}`);
    assert.ok(written.includes('/password-resets/…') && !written.includes(secret), 'nor in the log (A39)');
  });

  it('A33: works once', async () => {
    const link = await askedLink();
    assert.equal((await choose(link)).status, 303);
    const again = await choose(link, 'a kettle on the roof');
    assert.equal(again.status, 404);
    assert.match(again.text, /has expired or has already been used/);
    assert.equal((await world.anon.get(link)).status, 404);
    assert.equal(await signsIn(next), true);
  });

  it('A33: works once, also for concurrent requests', async () => {
    const link = await askedLink();
    const answers = await Promise.all([choose(link), choose(link, 'a kettle on the roof')]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404]);
  });

  it('A33: expires after ten minutes, with a newer request, with a change of password or address, and for disabled users', async () => {
    const { id } = world.ana.user;
    const ends: [string, () => Promise<unknown>][] = [
      [
        'ten minutes',
        () => app.sequelize.query("UPDATE password_resets SET expires_at = now() - interval '1 millisecond'"),
      ],
      ['a newer one', askedLink],
      ['a changed password', () => User.update({ passwordDigest: 'another' }, { where: { id } })],
      [
        'a changed address',
        async () => {
          await User.update({ email: 'ana2@example.com' }, { where: { id } });
          await User.update({ email: 'ana@example.com' }, { where: { id } });
        },
      ],
      ['disabling', () => User.update({ disabled: true }, { where: { id } })],
    ];
    for (const [what, end] of ends) {
      await app.sequelize.query('DELETE FROM throttles');
      const link = await askedLink();
      const before = await PasswordReset.findByPk(id);
      assert.ok(
        before!.expiresAt.getTime() - Date.now() > 9.9 * 60_000 &&
          before!.expiresAt.getTime() - Date.now() <= 10 * 60_000,
      );
      await end();
      assert.equal((await world.anon.get(link)).status, 404, what);
      assert.equal((await choose(link)).status, 404, what);
    }
    await User.update({ disabled: false }, { where: { id } });
  });

  it("A33: applies to the link's account only, whoever is signed in", async () => {
    const link = await askedLink();
    assert.equal((await choose(`${link}x`)).status, 404);
    for (const path of ['/password-resets/1', `/password-resets/${String(world.bob.user.id)}`, '/password-resets/%27'])
      assert.equal((await choose(path)).status, 404);
    const before = (await User.findByPk(world.bob.user.id))!.passwordDigest;
    await world.bob.client.patch(link, {
      newPassword: next,
      userId: String(world.bob.user.id),
      email: 'bob@example.com',
    });
    assert.equal((await User.findByPk(world.bob.user.id))!.passwordDigest, before);
    assert.equal(await signsIn(next), true);
  });

  it('A33: is never sent in a Referer, and its form works in browsers that send only Origin', async () => {
    const link = await askedLink();
    const page = await world.anon.get(link);
    assert.equal(page.headers.get('referrer-policy'), 'strict-origin');
    assert.equal((await world.anon.get('/password-resets/nothing')).headers.get('referrer-policy'), 'strict-origin');
    const from = (origin: string) =>
      world.anon.patch(link, { newPassword: 'short' }, { 'sec-fetch-site': null, origin });
    assert.deepEqual(
      [(await from(app.url)).status, (await from('null')).status, (await from('https://evil.example')).status],
      [422, 403, 403],
    );
  });

  it("shows the password's error, and the link stays valid", async () => {
    const link = await askedLink();
    for (const password of ['short', 'password123', 'x'.repeat(201), '']) {
      const { status, text } = await choose(link, password);
      assert.equal(status, 422);
      assert.match(text, /id="newPassword-error"/);
    }
    assert.equal((await choose(link)).status, 303);
  });
});

describe('requesting a password reset', () => {
  it('A27: links to PUBLIC_URL only, whatever the Host header', async () => {
    await ask('ana@example.com', {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'sec-fetch-site': 'same-origin',
    });
    const { text, subject, link } = await lastMailTo('ana@example.com');
    assert.match(link!, /^\/password-resets\/[\w-]{43}$/);
    assert.ok(!`${text ?? ''}${subject}`.includes('evil'));
  });

  it('A30: gives the same response and writes for unknown addresses and disabled users', async () => {
    await User.update({ disabled: true }, { where: { id: world.eve.user.id } });
    const answers: unknown[] = [];
    for (const email of ['ana@example.com', 'nobody@example.com', 'eve@example.com', ' ANA@example.com ']) {
      const { status, location, text, headers } = await ask(email);
      answers.push({
        status,
        location,
        text,
        headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
      });
    }
    assert.deepEqual(answers.slice(1), answers.slice(0, 3));
    assert.equal(await Mail.count(), 4);
    const sendable = async (recipient: string): Promise<boolean> =>
      (await lastMailTo(recipient)).expiresAt > new Date();
    assert.deepEqual(
      [await sendable('ana@example.com'), await sendable('nobody@example.com'), await sendable('eve@example.com')],
      [true, false, false],
    );
    assert.equal((await lastMailTo('nobody@example.com')).expiresAt.getTime(), 0, 'over by any clock');
    assert.deepEqual(
      (await pendingMails(10)).map(({ recipient }) => recipient),
      ['ana@example.com', 'ana@example.com'],
    );
    await User.update({ disabled: false }, { where: { id: world.eve.user.id } });
  });

  it('A30: runs the same queries in about the same time for unknown addresses', async () => {
    const spent = { 'ana@example.com': 0, 'nobody@example.com': 0 };
    for (let n = 0; n < 50; n += 1)
      for (const email of ['ana@example.com', 'nobody@example.com'] as const) {
        await app.sequelize.query('DELETE FROM throttles');
        const began = performance.now();
        await ask(email);
        spent[email] += performance.now() - began;
      }
    const ratio = spent['nobody@example.com'] / spent['ana@example.com'];
    // Hashing, mailing or a missing write would be far off; what is left is the machine's noise.
    assert.ok(ratio > 0.6 && ratio < 1.67, String(ratio));
  });

  it('is blocked after five per hour for one address and twenty from one network', async () => {
    const from = (n: number) => ({ 'x-forwarded-for': `198.51.100.${String(n)}` });
    for (let n = 0; n < 5; n += 1) assert.equal((await ask('nobody@example.com', from(n))).status, 303);
    const refused = await ask('NOBODY@example.com', from(9));
    assert.equal(refused.status, 429);
    assert.match(refused.text, /Too many attempts/);
    for (let n = 0; n < 20; n += 1) await ask(`person${String(n)}@example.com`, from(20));
    assert.equal((await ask('ana@example.com', from(20))).status, 429);
    assert.equal((await ask('ana@example.com', from(21))).status, 303);
  });

  it('shows an error for an invalid address', async () => {
    for (const email of ['', 'ana', `${'x'.repeat(250)}@example.com`]) {
      const { status, text } = await ask(email);
      assert.equal(status, 422);
      assert.match(text, /id="email-error"/);
    }
    assert.equal(await Mail.count(), 0);
  });
});
