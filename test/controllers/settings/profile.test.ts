import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AuditEntry, EmailChange, Mail, User } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client, type Answer } from '../../support/client.ts';
import { lastMailTo, linkTo } from '../../support/mails.ts';
import { createWorld, worldPassword, type World } from '../../support/world.ts';
import { pendingMails } from '../../../src/models/mail/queries.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());
beforeEach(async () => {
  await app.sequelize.query('DELETE FROM throttles');
  await app.sequelize.query('DELETE FROM mails');
});

const errorsOf = (text: string): string[] =>
  [...text.matchAll(/<small class="wrong" id="(\w+)-error">/g)].map(([, field]) => field ?? '');
const reload = async (): Promise<User> => User.findByPk(world.ana.user.id, { rejectOnEmpty: true });

describe('the profile', () => {
  const save = (form: Record<string, string>): Promise<Answer> =>
    world.ana.client.patch('/settings/profile', { name: 'Ana', timeZone: 'Europe/Madrid', country: '', ...form });

  it('saves name, time zone and country', async () => {
    assert.equal(
      (await save({ name: ' Ana María ', timeZone: 'Asia/Tokyo', country: 'ES' })).location,
      '/settings/profile',
    );
    const { text } = await world.ana.client.get('/settings/profile');
    assert.match(text, /value="Ana María"/);
    assert.match(text, /<option value="Asia\/Tokyo" selected/);
    assert.match(text, /<option value="ES" selected[^>]*>Spain</);
    const { name, timeZone, country } = await reload();
    assert.deepEqual([name, timeZone, country], ['Ana María', 'Asia/Tokyo', 'ES']);
    await save({});
    assert.equal((await reload()).country, null);
    await save({ country: 'es' });
    assert.equal((await reload()).country, 'ES');
  });

  it('shows an error beside each field, and changes nothing', async () => {
    const refusals: [Record<string, string>, string[]][] = [
      [{ name: '   ' }, ['name']],
      [{ name: 'x'.repeat(101) }, ['name']],
      [{ timeZone: 'Moon/Crater' }, ['timeZone']],
      [{ timeZone: '' }, ['timeZone']],
      [{ country: 'EU' }, ['country']],
      [{ country: 'e1' }, ['country']],
    ];
    for (const [form, fields] of refusals) {
      const { status, text } = await save({ name: 'Kept', ...form });
      assert.deepEqual([status, errorsOf(text)], [422, fields], JSON.stringify(form));
      if (form.name === undefined) assert.match(text, /value="Kept"/);
    }
    assert.equal((await reload()).name, 'Ana');
  });

  it('sets nothing else', async () => {
    await save({ admin: 'true', email: 'mallory@example.com', disabled: 'true', id: '99', passwordDigest: 'x' });
    const { admin, email, disabled } = await reload();
    assert.deepEqual([admin, email, disabled], [false, 'ana@example.com', false]);
  });
});

describe('a new email address', () => {
  const ask = (email: string, currentPassword = worldPassword): Promise<Answer> =>
    world.ana.client.post('/settings/email', { email, currentPassword });

  it('takes effect once confirmed while signed in, and the old address is notified', async () => {
    assert.equal((await ask('Ana.New@example.com')).location, '/settings/profile');
    const page = await world.ana.client.get('/settings/profile');
    assert.match(page.text, /has a link for you to confirm Ana\.New@example\.com/);
    assert.match(page.text, /Awaiting confirmation/);
    assert.equal((await reload()).email, 'ana@example.com', 'until then the old one holds');

    const link = await linkTo('Ana.New@example.com');
    assert.equal((await new Client(app.url).get(link)).location, `/login?next=${encodeURIComponent(link)}`);
    assert.equal((await world.eve.client.patch(link)).status, 404, 'it is nobody else’s');
    const shown = await world.ana.client.get(link);
    assert.match(shown.text, /Ana\.New@example\.com/);
    assert.equal(shown.headers.get('referrer-policy'), 'strict-origin');
    assert.equal((await reload()).email, 'ana@example.com', 'looking changes nothing');
    assert.equal((await world.ana.client.patch(link)).location, '/settings/profile');
    assert.equal((await reload()).email, 'Ana.New@example.com');
    assert.match((await lastMailTo('ana@example.com')).text!, /was changed to.*Ana\.New@example\.com/s);
    assert.equal((await world.ana.client.patch(link)).status, 404, 'once');
    assert.equal(await AuditEntry.count({ where: { action: 'email_changed' } }), 1);
    await User.update({ email: 'ana@example.com' }, { where: { id: world.ana.user.id } });
  });

  it('A30: in use by somebody else gets the same response, and no mail', async () => {
    const told = ({ status, location, text }: Answer) => ({ status, location, text });
    const free = told(await ask('free@example.com'));
    assert.deepEqual(told(await ask('BOB@example.com')), free);
    assert.deepEqual(
      (await pendingMails(10)).map(({ recipient }) => recipient),
      ['free@example.com'],
    );
    assert.equal((await lastMailTo('BOB@example.com')).expiresAt.getTime(), 0, 'over by any clock');
  });

  it('taken by somebody else meanwhile is rejected', async () => {
    await ask('wanted@example.com');
    const link = await linkTo('wanted@example.com');
    await User.update({ email: 'Wanted@example.com' }, { where: { id: world.bob.user.id } });
    const { status, text } = await world.ana.client.patch(link);
    assert.equal(status, 422);
    assert.match(text, /There is already an account with this address/);
    await User.update({ email: 'bob@example.com' }, { where: { id: world.bob.user.id } });
  });

  it('expires after a day, with a newer request, or with a password change', async () => {
    const ends: [string, () => Promise<unknown>][] = [
      ['a day', () => app.sequelize.query("UPDATE email_changes SET expires_at = now() - interval '1 millisecond'")],
      ['a newer one', () => ask('newest@example.com')],
      ['a changed password', () => User.update({ passwordDigest: 'another' }, { where: { id: world.ana.user.id } })],
    ];
    for (const [what, end] of ends) {
      await ask('later@example.com');
      const link = await linkTo('later@example.com');
      await end();
      assert.equal((await world.ana.client.patch(link)).status, 404, what);
    }
    await User.update({ passwordDigest: world.bob.user.passwordDigest }, { where: { id: world.ana.user.id } });
    assert.equal((await reload()).email, 'ana@example.com');
    assert.equal(await EmailChange.count(), 0);
  });

  it('requires the password, and throttles wrong ones', async () => {
    const refusals: [string, string, string[]][] = [
      ['new@example.com', 'not it', ['currentPassword']],
      ['no', worldPassword, ['email']],
      ['ANA@example.com', worldPassword, ['email']],
      ['new@example.com', '', ['currentPassword']],
    ];
    for (const [email, password, fields] of refusals) {
      const { status, text } = await ask(email, password);
      assert.deepEqual([status, errorsOf(text)], [422, fields], email);
    }
    assert.equal(await Mail.count(), 0);
    await app.sequelize.query("UPDATE throttles SET points = 10 WHERE key LIKE 'password:%'");
    assert.equal((await ask('new@example.com')).status, 429);
  });

  it('is limited to ten requests per hour, also with the right password, since each sends a mail', async () => {
    assert.equal((await ask('one@example.com')).status, 303);
    await app.sequelize.query("UPDATE throttles SET points = 10 WHERE key LIKE 'email change:%'");
    const { status, text } = await ask('another@example.com');
    assert.equal(status, 429);
    assert.match(text, /Too many attempts/);
    assert.match(text, /value="another@example\.com"/);
    assert.equal(await Mail.count({ where: { recipient: 'another@example.com' } }), 0);
  });
});
