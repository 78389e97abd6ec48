/** Whose an email address is: it counts once a link mailed to it was used. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Mail, PendingRegistration, User } from '../../../src/models/index.ts';
import { pruneRegistrations } from '../../../src/models/user/pending-registrations.ts';
import { findByEmail } from '../../../src/models/user/queries.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client } from '../../support/client.ts';
import { statementsOf } from '../../support/statements.ts';
import { createWorld, worldPassword, type World } from '../../support/world.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp({ smtpUrl: 'smtp://127.0.0.1:9' });
  world = await createWorld(app);
});
after(() => app.close());
afterEach(async () => {
  app.settings.registration = 'open';
  await app.sequelize.query('DELETE FROM throttles');
});

let made = 0;
const newEmail = (): string => `person${String((made += 1))}@example.com`;
const register = (email: string, next = '', client = new Client(app.url)) =>
  client.post('/register', { name: 'Somebody', email, password: worldPassword, next });
const lastMailTo = async (email: string): Promise<Mail> =>
  (await Mail.findOne({ where: { recipient: email }, order: [['id', 'DESC']] })) ?? assert.fail(`no mail to ${email}`);
const linkTo = async (email: string): Promise<string> => (await lastMailTo(email)).link ?? assert.fail('no link');
const isConfirmed = async (email: string): Promise<boolean> => (await findByEmail(email))?.emailConfirmedAt != null;
/** A statement without the id of its transaction and its values. */
const shapeOf = (statement: string): string =>
  statement
    .replace(/^Executing \([^)]*\): /, '')
    .replace(/'[^']*'/g, '?')
    .slice(0, 300);
const mayCome = async (client: Client): Promise<boolean> => (await client.get('/settings')).status === 200;

describe('Registration where mail is sent', () => {
  it('A30: answers the same for an address with an account and for one without, and writes to both', async () => {
    const free = newEmail();
    const [one, other] = [await register(free), await register('ANA@example.com')];
    for (const answer of [one, other]) {
      assert.deepEqual([answer.status, answer.location], [303, '/register?asked&lang=en']);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
    const pages = await Promise.all([one, other].map(({ location }) => new Client(app.url).get(location ?? '')));
    assert.match(pages[0]!.text, /We have sent you a link to finish/);
    assert.equal(await findByEmail(free), null);
    assert.match((await lastMailTo(free)).link ?? '', /^\/registrations\/[\w-]{43}$/);
    const taken = await lastMailTo('ana@example.com');
    assert.deepEqual([taken.link, /already has an account/.test(taken.text ?? '')], ['/login', true]);
    const statuses = await Promise.all([free, 'ana@example.com'].map(async (email) => (await register(email)).status));
    assert.deepEqual(statuses, [303, 303]);
  });

  it('A30: runs the same statements for both, in about the same time', async () => {
    const spent = { free: 0, taken: 0 };
    const written: string[][] = [];
    for (let n = 0; n < 50; n += 1)
      for (const kind of ['free', 'taken'] as const) {
        await app.sequelize.query('DELETE FROM throttles');
        const email = kind === 'free' ? newEmail() : 'bob@example.com';
        const began = performance.now();
        const statements = await statementsOf(app.sequelize, () => register(email));
        spent[kind] += performance.now() - began;
        // Without the values, and without the mail worker's.
        if (n === 0) written.push(statements.map(shapeOf).filter((text) => !/^\s*(UPDATE|SELECT) .*mails/s.test(text)));
      }
    assert.deepEqual(written[0], written[1]);
    assert.ok(
      written[0]!.some((text) => /INSERT INTO "mails"/.test(text)),
      JSON.stringify(written[0]),
    );
    const ratio = spent.taken / spent.free;
    // Hashing, mailing or a missing write would be far off; what is left is the machine's noise.
    assert.ok(ratio > 0.6 && ratio < 1.67, String(ratio));
  });

  it('begins the account, confirmed and signed in, with the link and the password, once', async () => {
    const email = newEmail();
    await register(email);
    const link = await linkTo(email);
    const browser = new Client(app.url);
    const page = await browser.get(link);
    assert.ok(page.text.includes(email) && !page.text.includes(worldPassword));
    assert.equal(page.headers.get('referrer-policy'), 'strict-origin');
    assert.deepEqual((await browser.post(link, { currentPassword: worldPassword })).location, '/');
    assert.equal(await mayCome(browser), true);
    assert.deepEqual([await isConfirmed(email), await PendingRegistration.count({ where: { email } })], [true, 0]);
    assert.equal((await new Client(app.url).post(link, { currentPassword: worldPassword })).status, 404);
  });

  it('A50: does not confirm for the owner of the mailbox what somebody else registered with another password', async () => {
    const email = newEmail();
    await register(email);
    const link = await linkTo(email);
    const owner = await new Client(app.url).post(link, { currentPassword: 'what the owner would type' });
    assert.equal(owner.status, 422);
    assert.match(owner.text, /If you did not register, ignore the mail/);
    assert.equal(await findByEmail(email), null);
  });

  it('lets the first of several who registered one address have it, and the others go', async () => {
    const email = newEmail();
    await register(email);
    const first = await linkTo(email);
    await register(email.replace('person', 'Person'));
    const second = await linkTo(email.replace('person', 'Person'));
    assert.equal((await new Client(app.url).post(second, { currentPassword: worldPassword })).status, 303);
    assert.equal((await new Client(app.url).get(first)).status, 404);
    assert.equal(await User.count({ where: { email: email.replace('person', 'Person') } }), 1);
  });

  it('ends after a day, and is removed then', async () => {
    const email = newEmail();
    await register(email);
    const link = await linkTo(email);
    await app.sequelize.query("UPDATE registrations SET expires_at = now() - interval '1 second'");
    assert.equal((await new Client(app.url).get(link)).status, 404);
    assert.equal((await new Client(app.url).post(link, { currentPassword: worldPassword })).status, 404);
    assert.ok((await pruneRegistrations()) > 0);
    assert.equal(await PendingRegistration.count(), 0);
  });

  it('sends at most five mails an hour to one address, whoever asks, and refuses more in its page', async () => {
    const email = newEmail();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) statuses.push((await register(email)).status);
    assert.deepEqual(statuses, [303, 303, 303, 303, 303, 429]);
  });

  it('by invitation leads back to it, and is for the invited address only', async () => {
    app.settings.registration = 'invite';
    assert.equal((await register(newEmail())).status, 403);
    const { client } = world.ana;
    const team = (await client.post('/teams', { name: 'House' })).location ?? '';
    const { text } = await client.follow(client.post(`${team}/invitations`, { email: '' }));
    const [open = ''] = /\/invitations\/[\w-]{43}/.exec(text) ?? [];
    const email = newEmail();
    assert.match((await register(email, open)).location ?? '', /^\/register\?asked/);
    const browser = new Client(app.url);
    const link = await linkTo(email);
    const next = /name="next" value="([^"]*)"/.exec((await browser.get(link)).text)?.[1] ?? '';
    assert.equal((await browser.post(link, { currentPassword: worldPassword, next })).location, open);

    const invited = newEmail();
    await client.post(`${team}/invitations`, { email: invited });
    const mailed = await linkTo(invited);
    const other = await register(newEmail(), mailed);
    assert.equal(other.status, 422);
    assert.equal((await register(invited, mailed)).location, team, 'whoever has this link reads the mail already');
    assert.equal(await isConfirmed(invited), true);
  });
});

describe('An account with an address that was never confirmed', () => {
  /** As registered where no mail is sent. */
  const unconfirmed = async (): Promise<{ email: string; client: Client }> => {
    const email = newEmail();
    const client = new Client(app.url);
    app.settings.smtpUrl = null;
    await register(email, '', client);
    app.settings.smtpUrl = 'smtp://127.0.0.1:9';
    assert.deepEqual([await mayCome(client), await isConfirmed(email)], [true, false]);
    return { email, client };
  };

  it('is shown as such to itself and to its team, and does not keep the owner from being invited', async () => {
    const { email, client } = await unconfirmed();
    assert.match((await client.get('/settings/profile')).text, /This address is not confirmed/);
    const owner = world.bob.client;
    const team = (await owner.post('/teams', { name: 'Garden' })).location ?? '';
    const shown = await owner.follow(owner.post(`${team}/invitations`, { email: '' }));
    await client.post(/\/invitations\/[\w-]{43}/.exec(shown.text)?.[0] ?? '');
    assert.match((await owner.get(team)).text, new RegExp(`${email}</bdi>\\s+\\(not confirmed\\)`));
    assert.equal((await owner.post(`${team}/invitations`, { email })).status, 303);
    assert.match(await linkTo(email), /^\/invitations\//);
  });

  it('is confirmed by a link that it asks for, and stays signed in', async () => {
    const { email, client } = await unconfirmed();
    await client.post('/settings/email', { email, currentPassword: worldPassword });
    const link = await linkTo(email);
    const mails = await Mail.count();
    assert.equal((await client.patch(link)).location, '/settings/profile');
    assert.deepEqual([await isConfirmed(email), await mayCome(client), await Mail.count()], [true, true, mails]);
    assert.doesNotMatch((await client.get('/settings/profile')).text, /not confirmed/);
    const again = await client.post('/settings/email', { email, currentPassword: worldPassword });
    assert.equal(again.status, 422);
  });

  it('is confirmed by a password reset, which ends what was made before', async () => {
    const { email, client } = await unconfirmed();
    await new Client(app.url).post('/password-resets', { email });
    const link = await linkTo(email);
    await new Client(app.url).patch(link, { newPassword: 'a kettle on the roof' });
    assert.deepEqual([await isConfirmed(email), await mayCome(client)], [true, false]);
  });
});

describe('A registration that outlasts every account', () => {
  it('takes the setup token to become the administrator, as any first account', async () => {
    const email = newEmail();
    await register(email);
    const link = await linkTo(email);
    app.settings.setupToken = 'only-the-operator-knows';
    try {
      await app.sequelize.query('DELETE FROM users');
      const refused = await new Client(app.url).post(link, { currentPassword: worldPassword });
      assert.deepEqual([refused.status, await User.count()], [422, 0]);
    } finally {
      app.settings.setupToken = null;
    }
  });
});
