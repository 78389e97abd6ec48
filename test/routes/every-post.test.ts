import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { createApp } from '../../src/app.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { createFixtures, type Fixtures } from '../access-matrix/fixtures.ts';
import { pages } from '../access-matrix/pages.ts';
import { createResource, type Params } from '../access-matrix/resources.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Client, type Answer } from '../support/client.ts';
import { routesOf } from '../support/routes.ts';
import { upload } from '../support/upload.ts';
import { signedIn, worldPassword } from '../support/world.ts';

/** What is right where the access matrix sends something that is refused. */
const right: Record<string, Record<string, string>> = {
  'POST /register': { name: 'Rosa', email: 'rosa@example.com', password: 'a kettle on the stove' },
  'POST /login': { email: 'ana@example.com', password: worldPassword },
  'POST /password-resets': { email: 'nobody@example.com' },
  'POST /settings/email': { email: 'another@example.com', currentPassword: worldPassword },
  'PATCH /settings/password': { currentPassword: worldPassword, newPassword: worldPassword },
  'DELETE /settings/account': { currentPassword: worldPassword },
};
/** Nobody means these: every text of every form. */
const wrong = Object.fromEntries(
  [
    'name,email,password,newPassword,currentPassword,description,dueOn,priority,textRevision,listId,color,role,locale',
    'timeZone,access,lifetime,reason,until,shown',
  ]
    .join(',')
    .split(',')
    .map((field) => [field, '\u0001']),
);

suite('A form that is sent', () => {
  let app: TestApp;
  let fixtures: Fixtures;
  let routes: [method: string, path: string][];
  before(async () => {
    app = await startApp({ rateLimits: false });
    fixtures = await createFixtures(app);
    const { settings, sequelize } = app;
    routes = routesOf(createApp({ settings, sequelize, log: createLogger('silent') }).router);
  });
  after(() => app.close());

  const isPage = (location: string): boolean =>
    routes.some(
      ([method, path]) =>
        method === 'GET' && new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`).test(location.split('?')[0] ?? ''),
    );
  const addressOf = (path: string, params: Params): string =>
    path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? '');

  /** Follows redirects as a browser does. */
  const pageAt = async (client: Client, address: string): Promise<Answer> => {
    const answer = await client.get(address);
    return answer.location === null ? answer : pageAt(client, answer.location);
  };

  async function send(route: string, chosen: Record<string, string> | undefined) {
    const [method = '', path = ''] = route.split(' ');
    const { on, send: asked } = pages[route] ?? {};
    const role = ['POST /invitations/:token', 'DELETE /settings/account'].includes(route)
      ? 'stranger'
      : route.includes('/admin/')
        ? 'administrator'
        : 'owner';
    const params = await createResource(on, 'own', fixtures, role);
    const { person } = fixtures.actors[role];
    const isVisitor = ['POST /register', 'POST /login'].includes(route);
    const { client } = isVisitor ? { client: new Client(app.url) } : await signedIn(app, person!.user, person!.list);
    const form = chosen ?? (typeof asked === 'function' ? asked(params) : asked) ?? {};
    const address = addressOf(path, params);
    return { client, address, answer: await client.request(method, address, { form }) };
  }

  test('is every one that the routing table knows', () => {
    const forms = routes.filter(([method, path]) => method !== 'GET' && !path.startsWith('/api/'));
    assert.ok(forms.length > 35, String(forms.length));
    const others = Object.keys(pages).filter((route) => !route.startsWith('GET'));
    assert.deepEqual(forms.map((route) => route.join(' ')).sort(), others.sort());
  });

  const ofForms = Object.keys(pages).filter(
    (route) => !route.startsWith('GET') && route !== 'DELETE /settings/account',
  );
  for (const route of [...ofForms, 'DELETE /settings/account']) {
    test(`${route} leads to a page, or is refused with its form`, async () => {
      const refused = await send(route, wrong);
      if (refused.answer.location === null) {
        assert.ok(refused.answer.status >= 400 && refused.answer.status < 500, String(refused.answer.status));
        assert.match(refused.answer.text, /<main[^>]* data-still|class="visitor"/, 'no live refresh replaces it');
        assert.match(refused.answer.text, /<form[^>]* method="post"/);
        const there = await pageAt(refused.client, refused.address);
        assert.equal(there.status, 200, `${refused.address} opened as a page`);
      } else assert.ok(isPage(refused.answer.location), refused.answer.location);

      if (route === 'POST /settings/import') return;
      const { client, answer } = await send(route, right[route]);
      assert.equal(answer.status, 303, answer.text.slice(0, 2000));
      assert.ok(answer.location && isPage(answer.location), `${String(answer.location)} is a page`);
      assert.equal((await pageAt(client, answer.location)).status, 200);
    });
  }

  test('with a file leads to its preview, which one reload still shows, and to its report', async () => {
    const { client } = await signedIn(app, fixtures.actors.owner.person!.user, fixtures.actors.owner.person!.list);
    const file = { name: 'tasks.csv', content: 'Title\nPaint the fence\n' };
    const previewed = await upload(client, '/settings/import', file);
    assert.match(previewed.text, /Paint the fence/);
    assert.match((await client.get('/settings/import?preview')).text, /Paint the fence/);
    const digest = /name="digest" value="([\w-]+)"/.exec(previewed.text)?.[1] ?? '';
    const done = await upload(client, '/settings/import', file, { step: 'import', digest, 'column-description': '0' });
    assert.deepEqual([done.status, done.location], [303, '/settings/import']);
  });
});

suite('What is shown once', () => {
  let app: TestApp;
  let fixtures: Fixtures;
  before(async () => {
    app = await startApp();
    fixtures = await createFixtures(app);
  });
  after(() => app.close());

  const links = () => [
    {
      from: `/teams/${fixtures.team.id}/invitations`,
      page: `/teams/${fixtures.team.id}`,
      secret: /\/invitations\/[\w-]{43}/,
    },
    { from: '/settings/tokens', page: '/settings/tokens', secret: /taskwire_[\w-]{43}/ },
  ];
  const owner = async (): Promise<Client> => {
    const { user, list } = fixtures.actors.owner.person!;
    return (await signedIn(app, user, list)).client;
  };
  const sessions = async (): Promise<string> =>
    JSON.stringify((await app.sequelize.query('SELECT sess FROM sessions'))[0]);

  test('survives one reload and any number of live refreshes, and is gone afterwards', async () => {
    for (const { from, page, secret } of links()) {
      const client = await owner();
      const { location } = await client.post(from, { name: 'a program', email: '', currentPassword: worldPassword });
      assert.equal(location, page);
      await client.get(page, {}, { 'x-sec-purpose': 'prefetch' });
      await client.get('/tasks');
      for (const shown of [true, true, false])
        assert.equal(secret.test((await client.get(page)).text), shown, `${page} ${String(shown)}`);
      assert.ok(!(await sessions()).includes('"once"'));
    }
  });

  test('is in no other session and on no other page, and cannot be read in the database', async () => {
    for (const { from, page, secret } of links()) {
      const [here, there] = [await owner(), await owner()];
      await here.post(from, { name: 'a program', email: '', currentPassword: worldPassword });
      assert.match(await sessions(), /"sealed":/);
      assert.doesNotMatch(await sessions(), secret);
      for (const other of ['/tasks', '/teams', '/settings'])
        assert.doesNotMatch((await here.get(other)).text, secret, other);
      assert.doesNotMatch((await there.get(page)).text, secret);
      assert.match((await here.get(page)).text, secret);
    }
  });

  test('is gone after ten minutes', async (t) => {
    const [{ from, page, secret }] = links() as [ReturnType<typeof links>[0]];
    const client = await owner();
    await client.post(from, { email: '' });
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 11 * 60_000 });
    assert.doesNotMatch((await client.get(page)).text, secret);
  });
});
