import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { hashPassword, setBcryptCost } from '../../../src/lib/password.ts';
import { List, Session, User } from '../../../src/models/index.ts';
import { locales } from '../../../src/shared/limits.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client } from '../../support/client.ts';
import { createWorld, worldPassword, type World } from '../../support/world.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

const signIn = (client: Client, form: Record<string, string>) => client.post('/login', form);
const errorsOf = (text: string): string[] =>
  [...text.matchAll(/<small class="wrong" id="(\w+)-error">/g)].map(([, field]) => field ?? '');
const isSignedIn = async (client: Client): Promise<boolean> => (await client.get('/settings')).status === 200;

describe('registration', () => {
  let client: Client;
  beforeEach(() => {
    client = new Client(app.url);
  });
  const form = { name: 'Cleo', email: 'cleo@example.com', password: 'a kettle on the roof', timeZone: 'Asia/Tokyo' };
  const changed = (changes: Record<string, string>) => client.post('/register', { ...form, ...changes });

  it("signs in, with the page's language and the browser's time zone", async () => {
    const { status, location } = await client.post('/register?lang=es', form);
    assert.deepEqual([status, location], [303, '/']);
    const page = await client.get('/settings');
    assert.equal(page.status, 200);
    assert.match(page.text, /<html lang="es"/);
    const cleo = await User.findByEmail('cleo@example.com');
    assert.deepEqual([cleo?.name, cleo?.locale, cleo?.timeZone], ['Cleo', 'es', 'Asia/Tokyo']);
    assert.equal(await List.count({ where: { userId: cleo!.id } }), 1);
  });

  it('shows an error beside each field, keeps the input but the password, and stores nothing', async () => {
    const before = await User.count();
    const long = 'x'.repeat(250);
    const refusals: [Record<string, string>, string[]][] = [
      [{ name: ' ' }, ['name']],
      [{ name: 'x'.repeat(101) }, ['name']],
      [{ name: 'a\u0007b' }, ['name']],
      [{ email: '' }, ['email']],
      [{ email: 'cleo' }, ['email']],
      [{ email: `${long}@example.com` }, ['email']],
      [{ email: 'ANA@example.com' }, ['email']],
      [{ password: '' }, ['password']],
      [{ password: 'short' }, ['password']],
      [{ password: 'x1 '.repeat(70) }, ['password']],
      [{ password: 'password123' }, ['password']],
      [{ password: 'Cleo1234' }, ['password']],
      [{ name: '', email: 'no', password: '1' }, ['name', 'email', 'password']],
    ];
    for (const [changes, fields] of refusals) {
      const { status, text } = await changed({ email: 'new@example.com', ...changes });
      assert.equal(status, 422, JSON.stringify(changes));
      assert.deepEqual(errorsOf(text), fields, JSON.stringify(changes));
      if (changes.name === undefined) assert.match(text, /value="Cleo"/);
      assert.doesNotMatch(
        text,
        /type="password"[^>]*value=|value="[^"]*"[^>]*type="password"/,
        'the password is not sent back',
      );
    }
    assert.equal(await User.count(), before);
    assert.equal(client.cookieHeader, '');
  });

  it('ignores an invalid time zone', async () => {
    await changed({ email: 'dora@example.com', timeZone: 'Moon/Crater' });
    assert.equal((await User.findByEmail('dora@example.com'))?.timeZone, 'UTC');
  });

  it('sets no reserved attribute', async () => {
    const { status } = await client.post('/register', {
      ...form,
      email: 'mallory@example.com',
      id: '999',
      admin: 'true',
      seed: 'true',
      disabled: 'true',
      passwordDigest: 'x',
      createdAt: '1999-01-01',
      listId: '1',
      locale: 'xx',
    });
    assert.equal(status, 303);
    const mallory = await User.findByEmail('mallory@example.com');
    assert.deepEqual([mallory?.admin, mallory?.seed, mallory?.disabled, mallory?.locale], [false, false, false, 'en']);
    assert.ok(
      mallory!.id < 999 && mallory!.createdAt.getFullYear() > 1999 && mallory!.passwordDigest.startsWith('$2b$12$'),
    );
  });

  it('redirects signed-in people', async () => {
    assert.equal((await world.ana.client.get('/register')).location, '/');
  });

  it('shows the page in every language, with links to the others', async () => {
    for (const locale of locales) {
      const { status, text } = await client.get(`/register?lang=${locale}`);
      assert.equal(status, 200);
      assert.match(text, new RegExp(`<html lang="${locale}" dir="${locale === 'ar' ? 'rtl' : 'ltr'}"`));
      for (const other of locales) assert.match(text, new RegExp(`lang=${other}"`));
      assert.doesNotMatch(text, /accounts\.|errors\./, 'every word is there');
    }
    assert.match(
      (await client.get('/register', {}, { 'accept-language': 'ar-EG,ar;q=0.9' })).text,
      /<html lang="ar" dir="rtl"/,
    );
  });
});

describe('signing in', () => {
  let client: Client;
  beforeEach(() => {
    client = new Client(app.url);
  });
  const ana = { email: 'ana@example.com', password: worldPassword };

  it('redirects to the list, or to the page asked for', async () => {
    assert.deepEqual(await signIn(client, ana).then(({ status, location }) => [status, location]), [303, '/']);
    assert.ok(await isSignedIn(client));
    const wanted = await new Client(app.url).get('/tasks?status=done&q=a%20b');
    assert.deepEqual([wanted.status, wanted.location], [303, '/login?next=%2Ftasks%3Fstatus%3Ddone%26q%3Da%2520b']);
    const page = await new Client(app.url).get(wanted.location!);
    assert.match(page.text, /name="next" value="\/tasks\?status=done&amp;q=a%20b"/);
    assert.equal(
      (await signIn(new Client(app.url), { ...ana, next: '/tasks?status=done&q=a%20b' })).location,
      '/tasks?status=done&q=a%20b',
    );
  });

  it('A26: never redirects to another site', async () => {
    const foreign = [
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      'https:evil.example',
      'https://evil.example/',
      'javascript:alert(1)',
      '/.//evil.example',
    ];
    for (const next of [...foreign, '/%09/evil.example', '/login?next=//evil.example', '/%0d%0aSet-Cookie:x=1']) {
      const { location, headers } = await signIn(new Client(app.url), { ...ana, next });
      assert.equal(new URL(location!, app.url).origin, app.url, next);
      assert.equal(headers.getSetCookie().length, 1);
      const again = await world.ana.client.get('/login', { next });
      assert.equal(new URL(again.location!, app.url).origin, app.url, next);
      if (foreign.includes(next))
        assert.match((await new Client(app.url).get('/login', { next })).text, /name="next" value=""/);
    }
  });

  it('ignores case and surrounding spaces in the email address, but not in the password', async () => {
    assert.equal((await signIn(client, { email: ' Ana@EXAMPLE.com ', password: worldPassword })).status, 303);
    for (const password of [` ${worldPassword}`, `${worldPassword} `, worldPassword.toUpperCase()])
      assert.equal((await signIn(new Client(app.url), { ...ana, password })).status, 422);
  });

  it('A30: gives the same response for an unknown email address as for a wrong password, hashing once for either', async (t) => {
    setBcryptCost(12);
    t.after(() => {
      setBcryptCost(app.settings.bcryptCost);
    });
    await User.update(
      { passwordDigest: await hashPassword('another password') },
      { where: { email: 'bob@example.com' } },
    );
    const answer = async (email: string) => {
      const began = process.cpuUsage();
      const { status, text, headers } = await signIn(client, { email, password: 'not the password' });
      const { user, system } = process.cpuUsage(began);
      const told = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
      return { seen: [status, text.replaceAll(email, 'EMAIL'), told], cpu: user + system };
    };
    await answer('bob@example.com');
    const known = await answer('bob@example.com');
    const unknown = await answer('nob@example.com');
    assert.deepEqual(unknown.seen, known.seen);
    assert.match(known.seen[1] as string, /Wrong email address or password/);
    // bcrypt at cost 12 is a quarter of a second of processor; all the rest is a few thousandths.
    for (const { cpu } of [known, unknown]) assert.ok(cpu > 60_000, `${String(cpu)} µs`);
    assert.ok(
      unknown.cpu / known.cpu > 0.5 && unknown.cpu / known.cpu < 2,
      `${String(unknown.cpu)} and ${String(known.cpu)} µs`,
    );
  });

  it('tells disabled people so, with the right password only', async () => {
    await world.eve.user.disable('for a test', null);
    const email = 'eve@example.com';
    const right = await signIn(client, { email, password: worldPassword });
    assert.equal(right.status, 422);
    assert.match(right.text, /This account is disabled/);
    assert.doesNotMatch((await signIn(client, { email, password: 'not the password' })).text, /disabled/);
    assert.equal((await world.eve.client.get('/settings')).status, 303, 'and ends the sessions that there are');
    await world.eve.user.enable();
  });

  it('shows errors for missing fields and keeps the email address', async () => {
    const { status, text } = await signIn(client, { email: 'ana@example.com', password: '' });
    assert.deepEqual([status, errorsOf(text)], [422, ['password']]);
    assert.match(text, /value="ana@example.com"/);
    assert.deepEqual(errorsOf((await signIn(client, { email: ' ', password: 'x' })).text), ['email']);
  });

  it('redirects signed-in people', async () => {
    assert.deepEqual(
      await world.ana.client
        .get('/login', { next: '/tasks?status=done' })
        .then(({ status, location }) => [status, location]),
      [303, '/tasks?status=done'],
    );
  });
});

describe('signing out', () => {
  it('A2: ends this session and no other', async () => {
    const [here, there] = [await world.signIn(world.ana), await world.signIn(world.ana)];
    const copied = new Client(app.url, Object.fromEntries(here.client.cookies));
    const { status, location } = await here.client.post('/logout');
    assert.deepEqual([status, location, here.client.cookieHeader], [303, '/login', '']);
    assert.equal(await isSignedIn(copied), false);
    assert.equal(await isSignedIn(there.client), true);
    assert.equal(await Session.findByPk(here.sid), null);
  });

  it('works for signed-out people', async () => {
    assert.deepEqual(await new Client(app.url).post('/logout').then(({ status, location }) => [status, location]), [
      303,
      '/login',
    ]);
  });
});
