import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import bcrypt from 'bcrypt';
import pg from 'pg';
import { Session } from '../../../src/models/index.ts';
import { cookieName } from '../../../src/middleware/session.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client } from '../../support/client.ts';
import { createPerson, createWorld, signedCookie, worldPassword, type World } from '../../support/world.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

const ana = { email: 'ana@example.com', password: worldPassword };
const isSignedIn = async (client: Client): Promise<boolean> => (await client.get('/settings')).status === 200;
const withCookie = (value: string): Client => new Client(app.url, { [cookieName(app.settings)]: value });

/** The statements that this process sends to PostgreSQL during the work. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function recorded(this: pg.Client, asked: unknown, ...rest: unknown[]) {
    statements.push(typeof asked === 'string' ? asked : (asked as { text: string }).text);
    return (query as (...all: unknown[]) => unknown).call(this, asked, ...rest);
  } as typeof query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  // The bus sends heartbeats on a connection of its own.
  return statements.filter((text) => !text.includes('pg_notify'));
}
const writes = (statements: string[]): string[] =>
  statements.filter((text) => /\b(INSERT|UPDATE|DELETE)\b/.test(text) && !/FOR (NO KEY )?UPDATE/.test(text));

describe('a session', () => {
  it('A1: starts with a new id, so a planted one is worthless', async () => {
    const former = await world.signIn(world.bob);
    await former.client.post('/logout');
    for (const planted of [
      's%3Aforged.signature',
      signedCookie('planted', app.settings),
      signedCookie(former.sid, app.settings),
    ]) {
      const client = withCookie(planted);
      assert.equal((await client.post('/login', ana)).status, 303);
      assert.notEqual(client.cookies.get(cookieName(app.settings)), planted);
      assert.ok(await isSignedIn(client));
      assert.equal(await isSignedIn(withCookie(planted)), false);
    }
  });

  it('ends when another person signs in in the same browser', async () => {
    const { client, sid } = await world.signIn(world.bob);
    assert.equal((await client.post('/login', ana)).status, 303);
    assert.equal(await Session.findByPk(sid), null);
    assert.match((await client.get('/settings')).text, /ana@example\.com/);
  });

  it('begins with a password from before passwords were normalized, however its letters are written', async () => {
    const typed = 'ﬁve Ⅳ roman cafe\u0301s';
    const person = await createPerson(app, 'Oldtimer');
    const key = createHmac('sha384', 'taskwire/v1').update(typed).digest('base64');
    await person.user.update({ passwordDigest: await bcrypt.hash(key, 4) });
    const signIn = async (password: string): Promise<number> =>
      (await new Client(app.url).post('/login', { email: person.user.email, password })).status;
    const normalized = typed.normalize('NFKC');
    assert.equal(await signIn(normalized), 422, 'the old digest is of what was typed then');
    assert.equal(await signIn(typed), 303);
    assert.equal(await signIn(normalized), 303, 'it has been replaced');
    assert.equal(await signIn(typed), 303);
  });

  it('rejects forged, broken and unknown cookies', async () => {
    const good = signedCookie(world.ana.sid, app.settings);
    assert.ok(await isSignedIn(withCookie(good)));
    const { sid } = world.ana;
    for (const bad of [
      '',
      '%',
      '%%%',
      's:',
      's%3A',
      `s%3A${sid}.`,
      sid,
      encodeURIComponent(`s:${sid}.AAAA`),
      good.slice(0, -4),
      `${good}A`,
      signedCookie(sid, { sessionSecret: 'another secret' }),
      signedCookie("' OR 1=1 --", app.settings),
      'x'.repeat(4000),
    ]) {
      const { status, location } = await withCookie(bad).get('/settings');
      assert.deepEqual([status, location], [303, '/login?next=%2Fsettings'], bad);
    }
  });

  it('A4: sets its cookie only at sign-in', async () => {
    const client = new Client(app.url);
    for (const path of ['/', '/login', '/register', '/no-such-page', '/settings'])
      assert.deepEqual((await client.get(path)).headers.getSetCookie(), [], path);
    assert.deepEqual(
      (await client.post('/login', { email: 'ana@example.com', password: 'not the password' })).headers.getSetCookie(),
      [],
    );
    const [cookie] = (await client.post('/login', ana)).headers.getSetCookie();
    assert.match(
      cookie!,
      /^taskwire\.[0-9a-f]{8}\.sid=s%3A[\w-]{32}\.[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    const days = (Date.parse(/Expires=([^;]+)/.exec(cookie!)![1]!) - Date.now()) / 86_400_000;
    assert.ok(days > 89.9 && days < 90.1);
    for (const path of ['/', '/settings', '/tasks'])
      assert.deepEqual((await client.get(path)).headers.getSetCookie(), [], path);
    await client.patch('/settings/language', { locale: 'en' });
    assert.deepEqual((await client.get('/settings')).headers.getSetCookie(), []);
  });

  it('records address and agent', async () => {
    const client = new Client(app.url);
    await client.post('/login', ana, { 'user-agent': `Browser ${'x'.repeat(1000)}` });
    const sid = /^s:([^.]+)/.exec(decodeURIComponent(client.cookies.get(cookieName(app.settings))!))![1]!;
    const row = await Session.findByPk(sid);
    assert.match(row!.address!, /127\.0\.0\.1/);
    assert.match(row!.agent!, /^Browser x{292}$/);
    assert.deepEqual(row!.sess, {});
  });

  it('loads with its user in one statement, and writes nothing if unchanged', async () => {
    await world.ana.client.get('/settings');
    const page = await statementsOf(() => world.ana.client.get('/settings'));
    assert.equal(page.filter((text) => /\b(sessions|users)\b/.test(text)).length, 1);
    assert.deepEqual(writes(page), []);
    const anonymous = await statementsOf(() => new Client(app.url).get('/login'));
    assert.deepEqual(anonymous, []);
  });

  it('updates last_seen_at once an hour', async () => {
    const { client, sid } = await world.signIn(world.ana);
    await app.sequelize.query(
      "UPDATE sessions SET last_seen_at = now() - interval '61 minutes', expire = expire - interval '61 minutes' WHERE sid = $1",
      { bind: [sid] },
    );
    const before = await Session.findByPk(sid);
    assert.equal(writes(await statementsOf(() => client.get('/settings'))).length, 1);
    assert.deepEqual(writes(await statementsOf(() => client.get('/settings'))), []);
    const seen = await Session.findByPk(sid);
    assert.ok(seen!.lastSeenAt > before!.lastSeenAt && seen!.expire > before!.expire);
  });

  it('is not recreated by a request that started before it ended', async () => {
    const { client, sid, user } = await world.signIn(world.eve);
    const slow = client.patch('/settings/password', {
      currentPassword: worldPassword,
      newPassword: 'nine grey umbrellas',
    });
    // Hashing takes long; the throttle has counted just before it.
    for (;;) if (await throttled()) break;
    await withCookie(signedCookie(sid, app.settings)).post('/logout');
    const { status, headers } = await slow;
    assert.deepEqual([status, headers.getSetCookie()], [401, []]);
    const left = (await Session.findAll({ where: { userId: user.id } })).map((row) => row.sid);
    assert.ok(!left.includes(sid));
  });
  const throttled = async (): Promise<boolean> =>
    (await app.sequelize.query("SELECT FROM throttles WHERE key LIKE 'password:%'"))[0].length > 0;

  it('is an error, not signed out, if it cannot be loaded', async () => {
    await app.sequelize.query('ALTER TABLE sessions RENAME TO sessions_away');
    try {
      const { status, location } = await world.ana.client.get('/settings');
      assert.deepEqual([status >= 500, location], [true, null]);
    } finally {
      await app.sequelize.query('ALTER TABLE sessions_away RENAME TO sessions');
    }
    assert.ok(await isSignedIn(world.ana.client));
  });

  it('A44: has pages that are neither cached nor shown again after signing out', async () => {
    for (const path of ['/settings', '/', '/login'])
      assert.match((await world.ana.client.get(path)).headers.get('cache-control')!, /no-store/);
  });
});
