import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { createLogger } from '../../../src/lib/logger.ts';
import { Session, User } from '../../../src/models/index.ts';
import { cookieName } from '../../../src/middleware/session.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client, type Form } from '../../support/client.ts';
import { createWorld, worldPassword, type World } from '../../support/world.ts';
import { findByEmail } from '../../../src/models/user/queries.ts';

const url = (pairs: [string, string][]): string =>
  pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
const snapshot = async (): Promise<string> =>
  JSON.stringify([
    (await User.findAll({ order: ['id'] })).map((user) => user.get({ plain: true })),
    await Session.findAll({ attributes: ['sid', 'userId'], order: ['sid'] }),
  ]);

describe('invalid input on the account pages', () => {
  let app: TestApp;
  let world: World;
  const logged: string[] = [];
  before(async () => {
    app = await startApp(
      { rateLimits: false },
      createLogger(
        'trace',
        new Writable({
          write: (line: Buffer, _encoding, done) => {
            logged.push(line.toString());
            done();
          },
        }),
      ),
    );
    world = await createWorld(app);
  });
  after(() => app.close());

  type Route = ['POST' | 'PATCH', string, Form];
  const forms: Route[] = [
    ['POST', '/register', { name: 'Cleo', email: 'cleo@example.com', password: 'a kettle on the roof' }],
    ['POST', '/login', { email: 'ana@example.com', password: worldPassword }],
    ['PATCH', '/settings/language', { locale: 'es' }],
    ['PATCH', '/settings/password', { currentPassword: worldPassword, newPassword: 'a kettle on the roof' }],
  ];
  const clientFor = (path: string): Client => (path.startsWith('/settings') ? world.ana.client : new Client(app.url));
  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };

  for (const [method, path, form] of forms) {
    for (const field of Object.keys(form)) {
      const others = Object.entries(form).filter(([name]) => name !== field) as [string, string][];
      const broken: [string, string][][] = [
        [],
        [[field, '']],
        [
          [field, 'a'],
          [field, 'b'],
        ],
        [[`${field}[]`, 'x']],
        [[`${field}[a]`, 'x']],
        [[field, 'nul\0byte']],
        [['__proto__', 'x']],
        [[field, 'x'.repeat(90_000)]],
      ];
      it(`${method} ${path} refuses ${field} of the wrong kind`, async () => {
        const before = await snapshot();
        for (const pairs of broken) {
          const { status, text } = await clientFor(path).request(method, path, {
            body: url([...others, ...pairs]),
            headers: urlencoded,
          });
          assert.ok([400, 422].includes(status), `${String(status)} for ${JSON.stringify(pairs).slice(0, 100)}`);
          assert.ok(status === 400 || /role="alert"/.test(text));
        }
        for (const value of [null, 7, true, ['a'], { a: 1 }, '\ud800', 'nul\0byte']) {
          const { status } = await clientFor(path).json(method, path, { ...form, [field]: value });
          assert.ok([400, 422].includes(status), `${String(status)} for ${JSON.stringify(value)}`);
        }
        assert.equal(await snapshot(), before);
      });
    }

    it(`${method} ${path} rejects a body that is not a form`, async () => {
      const before = await snapshot();
      const json = { 'content-type': 'application/json' };
      const refusals: [string, Record<string, string>, number[]][] = [
        ['{"email": ', json, [400]],
        ['[]', json, [400, 422]],
        ['"text"', json, [400]],
        ['x'.repeat(200_000), urlencoded, [413]],
        [`{"a":"${'x'.repeat(200_000)}"}`, json, [413]],
        ['<a/>', { 'content-type': 'text/xml' }, [415, 422]],
        ['a=1', { 'content-type': 'application/x-www-form-urlencoded; charset=utf-7' }, [415]],
        ['', {}, [422]],
        [Array.from({ length: 1000 }, (_, n) => `a${String(n)}=1`).join('&'), urlencoded, [413]],
        ['email=%ff%fe&password=%ff', urlencoded, [400, 422]],
      ];
      for (const [body, headers, statuses] of refusals) {
        const { status } = await clientFor(path).request(method, path, { body, headers });
        assert.ok(statuses.includes(status), `${String(status)} for ${body.slice(0, 40)} ${JSON.stringify(headers)}`);
      }
      assert.equal(await snapshot(), before);
      assert.equal(({} as Record<string, unknown>).x, undefined);
    });
  }

  it('is escaped when shown again', async () => {
    const typed = '"><script>alert(1)</script>\u202e{{x}}${x}';
    for (const [path, form] of [
      ['/register', { name: typed, email: typed, password: 'x' }],
      ['/login', { email: typed, password: 'x', next: `/${typed}` }],
    ] as [string, Form][]) {
      const { text } = await new Client(app.url).post(path, form);
      assert.ok(!text.includes('<script>alert'), path);
      assert.ok(text.includes('&quot;&gt;&lt;script&gt;'), path);
    }
  });

  it('leaves no password, cookie or token in the log', async () => {
    const client = new Client(app.url);
    await client.post('/login', { email: 'ana@example.com', password: worldPassword });
    await client.patch('/settings/password', {
      currentPassword: 'a secret that is wrong',
      newPassword: 'another secret that is new',
    });
    const all = logged.join('');
    assert.ok(all.includes('/settings/password'));
    for (const secret of [
      worldPassword,
      'a secret that is wrong',
      'another secret',
      'a kettle',
      client.cookies.get(cookieName(app.settings))!,
      app.settings.sessionSecret,
      '$2b$',
      'example.com',
    ])
      assert.ok(!all.includes(secret), secret);
    for (const line of all.trim().split('\n')) JSON.parse(line);
  });

  it("does not reach another person's account by any form field", async () => {
    const before = await User.findByPk(world.bob.user.id);
    await world.ana.client.patch('/settings/language', {
      locale: 'es',
      id: String(world.bob.user.id),
      userId: String(world.bob.user.id),
      admin: 'true',
      email: 'bob@example.com',
    });
    assert.deepEqual((await User.findByPk(world.bob.user.id))?.get(), before?.get());
    const ana = await User.findByPk(world.ana.user.id);
    assert.deepEqual([ana?.admin, ana?.email, ana?.locale], [false, 'ana@example.com', 'es']);
  });
});

describe('registration with a setup token', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ registration: 'closed', setupToken: 'only-the-operator-knows' });
  });
  after(() => app.close());
  const form = { name: 'Ana', email: 'ana@example.com', password: worldPassword };

  it('accepts the first account with the setup token, and none after it', async () => {
    const client = new Client(app.url);
    assert.match((await client.get('/register')).text, /name="setupToken"/);
    const wrong = await client.post('/register', { ...form, setupToken: 'a guess of the token' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /id="setupToken-error"/);
    assert.doesNotMatch(wrong.text, /a guess of the token/);
    assert.equal((await client.post('/register', { ...form, setupToken: 'only-the-operator-knows' })).status, 303);
    assert.equal((await findByEmail('ana@example.com'))?.admin, true);

    const late = new Client(app.url);
    for (const answer of [
      await late.get('/register'),
      await late.post('/register', { ...form, email: 'bob@example.com', setupToken: 'only-the-operator-knows' }),
    ]) {
      assert.equal(answer.status, 403);
      assert.match(answer.text, /Registration is closed/);
    }
    assert.equal(await User.count(), 1);
  });
});
