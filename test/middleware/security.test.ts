import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { isSameOrigin } from '../../src/middleware/security.ts';
import { Category, Session, Task, User } from '../../src/models/index.ts';
import { routes } from '../../src/routes/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { routesOf } from '../support/routes.ts';
import { createWorld, worldPassword, type World } from '../support/world.ts';

type Headers = Record<string, string | null>;

describe('requests from another site', () => {
  let app: TestApp;
  let world: World;
  before(async () => {
    app = await startApp();
    world = await createWorld(app);
    await Task.create({ listId: world.ana.list.id, userId: world.ana.user.id, description: 'Stays as it is' });
    await Category.create({ listId: world.ana.list.id, name: { original: 'stays' }, color: 'red' });
  });
  after(() => app.close());

  const foreign: Headers[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': '' },
    { 'sec-fetch-site': 'cross-site', origin: 'OWN' },
    { 'sec-fetch-site': null, origin: 'https://evil.example' },
    { 'sec-fetch-site': null, origin: 'null' },
    { 'sec-fetch-site': null, referer: 'https://evil.example/' },
    { 'sec-fetch-site': null },
    { 'sec-fetch-site': null, authorization: 'Bearer anything' },
  ];
  const snapshot = async (): Promise<string> =>
    JSON.stringify(
      await Promise.all([
        User.findAll({ order: ['id'] }),
        Task.findAll({ paranoid: false, order: ['id'] }),
        Category.findAll({ order: ['id'] }),
        Session.findAll({ order: ['sid'] }),
      ]),
    );

  it('A6: change nothing, on any route', async () => {
    const changing = routesOf(routes()).filter(([method]) => method !== 'GET');
    assert.ok(changing.length >= 12, String(changing.length));
    const before = await snapshot();
    for (const [method, path] of changing) {
      for (const headers of foreign) {
        const own = Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, value === 'OWN' ? app.url : value]),
        );
        const form = {
          email: 'ana@example.com',
          password: worldPassword,
          name: 'x',
          description: 'x',
          textRevision: '1',
          locale: 'es',
        };
        const { status, text } = await world.ana.client.request(method, path.replace(':id', '1'), {
          form,
          headers: own,
        });
        assert.equal(status, 403, `${method} ${path} ${JSON.stringify(headers)}`);
        assert.match(text, /came from another site/);
        if (method === 'POST') continue;
        const posted = await world.ana.client.post(path.replace(':id', '1'), { ...form, _method: method }, own);
        assert.equal(posted.status, 403, `POST as ${method} ${path}`);
      }
    }
    assert.equal(await snapshot(), before);
    assert.equal((await world.ana.client.get('/settings')).status, 200, 'and nobody is signed out');
  });

  it('A7: change nothing by GET or HEAD either', async () => {
    const pages = routesOf(routes())
      .filter(([method]) => method === 'GET')
      .map(([, path]) => path.replace(':id', '1'));
    const before = await snapshot();
    for (const path of [...pages, ...pages])
      for (const method of ['GET', 'HEAD'])
        assert.ok((await world.ana.client.request(method, path)).status < 500, path);
    assert.equal(await snapshot(), before);
  });

  it('A8: sign nobody in or out', async () => {
    const client = new Client(app.url);
    assert.equal(
      (
        await client.post(
          '/login',
          { email: 'ana@example.com', password: worldPassword },
          { 'sec-fetch-site': 'cross-site' },
        )
      ).status,
      403,
    );
    assert.equal(client.cookieHeader, '');
  });

  it('are accepted with our Origin or Referer, from browsers that send nothing else', async () => {
    const own: Headers[] = [{ origin: app.url }, { referer: `${app.url}/tasks` }];
    for (const headers of own)
      assert.equal(
        (await world.bob.client.post('/tasks', { description: 'From here' }, { 'sec-fetch-site': null, ...headers }))
          .status,
        303,
      );
  });
});

describe('whether a request comes from one of our pages', () => {
  const asked = (
    headers: Record<string, string>,
    { publicUrl = null as URL | null, trustProxy = 0, encrypted = false } = {},
  ): boolean =>
    isSameOrigin(
      {
        headers: { host: 'tasks.example.com', ...headers },
        socket: encrypted ? { encrypted } : {},
      } as unknown as IncomingMessage,
      { publicUrl, trustProxy },
    );

  const cases: [string, boolean, Record<string, string>, Parameters<typeof asked>[1]?][] = [
    ['the host itself', true, { origin: 'http://tasks.example.com' }],
    ['its default port', true, { origin: 'http://tasks.example.com', host: 'tasks.example.com:80' }],
    ['another port', false, { origin: 'http://tasks.example.com:8080' }],
    ['another scheme', false, { origin: 'https://tasks.example.com' }],
    [
      'https behind a trusted proxy',
      true,
      { origin: 'https://tasks.example.com', 'x-forwarded-proto': 'https' },
      { trustProxy: 1 },
    ],
    [
      'https behind a proxy that nobody trusts',
      false,
      { origin: 'https://tasks.example.com', 'x-forwarded-proto': 'https' },
    ],
    ['https of our own', true, { origin: 'https://tasks.example.com' }, { encrypted: true }],
    [
      'a forwarded host',
      false,
      { origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' },
      { trustProxy: 1 },
    ],
    [
      'the public address',
      true,
      { origin: 'https://tasks.example.org' },
      { publicUrl: new URL('https://tasks.example.org/') },
    ],
    [
      'the host where the public address is another',
      false,
      { origin: 'http://tasks.example.com' },
      { publicUrl: new URL('https://tasks.example.org/') },
    ],
    ['a longer host', false, { origin: 'http://tasks.example.com.evil.example' }],
    ['a referer of a page here', true, { referer: 'http://tasks.example.com/tasks?q=1' }],
    [
      'a foreign origin with a referer of ours',
      false,
      { origin: 'http://evil.example', referer: 'http://tasks.example.com/' },
    ],
    ['an origin that is none', false, { origin: 'http://' }],
    ['a program with a token', true, { authorization: 'Bearer abc' }],
    ['a browser with a token', false, { authorization: 'Bearer abc', cookie: 'taskwire.sid=x' }],
    ['a request typed by a person', true, { 'sec-fetch-site': 'none' }],
    ['nothing at all', false, {}],
  ];
  for (const [what, expected, headers, own] of cases)
    it(`${what}: ${expected ? 'yes' : 'no'}`, () => {
      assert.equal(asked(headers, own), expected);
    });
});
