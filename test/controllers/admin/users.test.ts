import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Mail, Task, User } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client, type Answer } from '../../support/client.ts';
import { programOf } from '../../support/program.ts';
import { createPerson, createWorld, worldPassword, type World } from '../../support/world.ts';
import { createTeam } from '../../../src/models/team/commands.ts';
import { disableUser, enableUser } from '../../../src/models/user/rights.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp({ rateLimits: false });
  world = await createWorld(app);
});
after(() => app.close());
beforeEach(async () => {
  await User.update({ admin: false, disabled: false, disabledReason: null }, { where: {} });
  await User.update({ admin: true }, { where: { id: world.ana.user.id } });
});

const pageOf = ({ user }: { user: User }): string => `/admin/users/${String(user.id)}`;
const rightsOf = async ({ user }: { user: User }): Promise<unknown> => {
  const { admin, disabled, disabledReason } = await user.reload();
  return { admin, disabled, disabledReason };
};
const shown = ({ text }: Answer): string[] =>
  [...text.matchAll(/href="\/admin\/users\/\d+"><bdi>([^<]*)</g)].map(([, name = '']) => name);
/** Every route of these pages, with somebody's id. */
const routes = (id: number): [method: 'get' | 'post' | 'delete', path: string][] => [
  ['get', '/admin/users'],
  ['get', '/admin/audit'],
  ['get', `/admin/users/${String(id)}`],
  ...(['disabled', 'administrator'] as const).flatMap((state) =>
    (['post', 'delete'] as const).map((method): ['post' | 'delete', string] => [
      method,
      `/admin/users/${String(id)}/${state}`,
    ]),
  ),
];

describe('the administration pages', () => {
  it('A16: are a 404 for everybody else, whatever the id, and change nothing', async () => {
    const nowhere = (await world.bob.client.get('/admin/nothing')).text;
    const plain = (text: string): string =>
      text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '').replace(/\/admin\/[\w/]+|data-now="\d+"/g, '');
    for (const id of [world.ana.user.id, world.bob.user.id, 2_000_000_000]) {
      for (const [method, path] of routes(id)) {
        const { status, text } = await world.bob.client[method](path);
        assert.equal(status, 404, `${method} ${path}`);
        if (method === 'get') assert.equal(plain(text), plain(nowhere));
        const anon = await new Client(app.url)[method](path);
        assert.ok(
          method === 'get' ? anon.location?.startsWith('/login') : anon.status === 401,
          `${method} ${path} by nobody`,
        );
      }
    }
    assert.deepEqual(
      [await rightsOf(world.ana), await rightsOf(world.bob)],
      [
        { admin: true, disabled: false, disabledReason: null },
        { admin: false, disabled: false, disabledReason: null },
      ],
    );
    assert.doesNotMatch((await world.bob.client.get('/tasks')).text, /\/admin\//);
    assert.match((await world.ana.client.get('/tasks')).text, /href="\/admin\/users"[^]*href="\/admin\/audit"/);
  });

  it('are a 404 for unknown and invalid ids', async () => {
    for (const id of ['2000000000', '0', '-1', 'x', '1e1', '99999999999']) {
      assert.equal((await world.ana.client.get(`/admin/users/${id}`)).status, 404);
      assert.equal((await world.ana.client.post(`/admin/users/${id}/disabled`)).status, 404);
    }
  });

  it('search by name or address and filter by state, taking wildcards literally', async () => {
    await disableUser(world.eve.user, null, null);
    const find = async (query: Record<string, string>): Promise<string[]> =>
      shown(await world.ana.client.get('/admin/users', query));
    assert.deepEqual(await find({}), ['Ana', 'Bob', 'Eve']);
    assert.deepEqual(await find({ q: 'AN' }), ['Ana']);
    assert.deepEqual(await find({ q: 'bob@ex' }), ['Bob']);
    for (const q of ['%', '_', 'b_b', '\\']) assert.deepEqual(await find({ q }), [], q);
    assert.deepEqual(await find({ state: 'active' }), ['Ana', 'Bob']);
    assert.deepEqual(await find({ state: 'disabled', q: '' }), ['Eve']);
    assert.deepEqual(await find({ state: 'administrators' }), ['Ana']);
    for (const [name, value] of [
      ['state', 'king'],
      ['q', 'x'.repeat(201)],
      ['after', 'x'],
      ['after', Buffer.from('[1]').toString('base64url')],
    ] as const)
      assert.equal((await world.ana.client.get('/admin/users', { [name]: value })).status, 400, name);
  });

  it('list every user once, page by page', async () => {
    await User.bulkCreate(
      Array.from({ length: 60 }, (_, n) => ({
        name: `Page ${String(n % 7)}`,
        email: `page${String(n)}@example.com`,
        passwordDigest: '-',
      })),
    );
    const first = await world.ana.client.get('/admin/users', { q: 'page' });
    const [, next = ''] = /href="([^"]+)" rel="next"/.exec(first.text) ?? [];
    const second = await world.ana.client.get(next.replaceAll('&amp;', '&'));
    assert.deepEqual([shown(first).length, shown(second).length], [50, 10]);
    assert.doesNotMatch(second.text, /rel="next"/);
    assert.deepEqual(
      [...shown(first), ...shown(second)],
      Array.from({ length: 7 }, (_, n) => Array.from({ length: n < 4 ? 9 : 8 }, () => `Page ${String(n)}`)).flat(),
    );
    await User.destroy({ where: { passwordDigest: '-' } });
  });

  it('A20: show no digest, token or personal text', async () => {
    await Task.create({ listId: world.bob.list.id, userId: world.bob.user.id, description: 'his alone' });
    await programOf(app, world.bob);
    await createTeam(world.bob.viewer, 'Garden');
    for (const path of ['/admin/users', pageOf(world.bob), '/admin/audit'])
      assert.doesNotMatch((await world.ana.client.get(path)).text, /\$2b\$|digest|his alone|taskwire_/, path);
    const { text } = await world.ana.client.get(pageOf(world.bob));
    assert.match(text, /1 task/);
    assert.match(text, /Garden/);
  });

  it('work in four languages', async () => {
    for (const [lang, words] of [
      ['es', /Administración[^]*Personas/],
      ['zh', /管理[^]*人员/],
      ['ar', /الإدارة[^]*الأشخاص/],
    ] as const) {
      for (const path of ['/admin/users', pageOf(world.bob), '/admin/audit'])
        assert.match((await world.ana.client.get(path, { lang })).text, words);
    }
    await world.ana.client.get('/admin/users', { lang: 'en' });
  });
});

describe('a disabled user', () => {
  it('A30: is invited with the same response as an unknown address, and gets no mail', async () => {
    const path = (await world.ana.client.post('/teams', { name: 'House' })).location ?? '';
    await disableUser(world.eve.user, null, null);
    const invite = async (email: string): Promise<string> =>
      (await world.ana.client.post(`${path}/invitations`, { email })).text
        .replaceAll(email, '')
        .replace(/\/invitations\/[\w-]+/g, '')
        .replace(/<ul class="plain-list">[^]*?<\/ul>/g, '')
        .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '');
    assert.equal(await invite('eve@example.com'), await invite('nobody@example.com'));
    assert.deepEqual(
      (await Mail.findAll()).map(({ recipient }) => recipient),
      ['nobody@example.com'],
    );
    await enableUser(world.eve.user);
  });
});

describe('an administrator', () => {
  it('disables a user with a reason, and enables them again', async () => {
    const bob = await createPerson(app, 'Bobby');
    const program = await programOf(app, bob);
    const { location } = await world.ana.client.post(`${pageOf(bob)}/disabled`, { reason: ' Has <left> the house ' });
    assert.equal(location, pageOf(bob));
    const page = await world.ana.client.get(pageOf(bob));
    assert.match(page.text, /Bobby’s account is disabled, and they are signed out everywhere\./);
    assert.match(page.text, /Has &lt;left&gt; the house/);
    assert.deepEqual(await rightsOf(bob), { admin: false, disabled: true, disabledReason: 'Has <left> the house' });
    assert.equal((await bob.client.get('/tasks')).location, '/login?next=%2Ftasks');
    assert.equal((await program.get('/me')).status, 401, 'on the very next request');

    const refused = await new Client(app.url).post('/login', { email: 'bobby@example.com', password: worldPassword });
    assert.match(refused.text, /This account is disabled\. Contact your administrator\./);
    assert.doesNotMatch(refused.text, /left/, 'the reason is for administrators');
    assert.equal((await world.ana.client.delete(`${pageOf(bob)}/disabled`)).location, pageOf(bob));
    assert.match((await world.ana.client.get(pageOf(bob))).text, /Bobby can sign in again\./);
    assert.equal(
      (await new Client(app.url).post('/login', { email: 'bobby@example.com', password: worldPassword })).status,
      303,
    );
    await bob.user.destroy();
  });

  it('makes a user an administrator and removes the rights, with immediate effect', async () => {
    await world.ana.client.post(`${pageOf(world.bob)}/administrator`);
    assert.match((await world.ana.client.get(pageOf(world.bob))).text, /Bob is now an administrator\./);
    assert.equal((await world.bob.client.get('/admin/users')).status, 200);
    await world.ana.client.delete(`${pageOf(world.bob)}/administrator`);
    assert.match((await world.ana.client.get(pageOf(world.bob))).text, /Bob is no longer an administrator\./);
    assert.equal((await world.bob.client.get('/admin/users')).status, 404);
  });

  it('cannot disable or demote themselves, and is told so', async () => {
    for (const [method, state] of [
      ['post', 'disabled'],
      ['delete', 'administrator'],
    ] as const) {
      const { status, text } = await world.ana.client[method](`${pageOf(world.ana)}/${state}`);
      assert.equal(status, 422);
      assert.match(text, /You can’t remove your own rights\. Ask another administrator\./);
    }
    assert.deepEqual(await rightsOf(world.ana), { admin: true, disabled: false, disabledReason: null });
    assert.doesNotMatch((await world.ana.client.get(pageOf(world.ana))).text, /\/(disabled|administrator)"/);
  });

  it('gets an error for a reason that is too long, with the input kept', async () => {
    const reason = 'r'.repeat(501);
    const { status, text } = await world.ana.client.post(`${pageOf(world.bob)}/disabled`, { reason });
    assert.equal(status, 422);
    assert.match(text, /<details class="sure" open>[^]*id="reason-error">Use at most 500 characters/);
    assert.ok(text.includes(reason));
    assert.deepEqual(await rightsOf(world.bob), { admin: false, disabled: false, disabledReason: null });
  });

  it('A19: sets nothing else with these forms', async () => {
    const extra = {
      id: '1',
      email: 'x@example.com',
      name: 'x',
      passwordDigest: 'x',
      seed: 'true',
      createdAt: '2001-01-01',
      userId: '1',
      role: 'owner',
      disabled: 'false',
    };
    const { updatedAt: _, ...before } = (await world.bob.user.reload()).toJSON() as Record<string, unknown>;
    await world.ana.client.post(`${pageOf(world.bob)}/disabled`, { ...extra, admin: 'true', reason: 'r' });
    await world.ana.client.delete(`${pageOf(world.bob)}/disabled`, { ...extra, admin: 'true' });
    await world.ana.client.post(`${pageOf(world.bob)}/administrator`, { ...extra, admin: 'false', disabled: 'true' });
    const { updatedAt: __, ...then } = (await world.bob.user.reload()).toJSON() as Record<string, unknown>;
    assert.deepEqual(then, { ...before, admin: true });
  });

  it('A6: acts only from pages of this site', async () => {
    for (const [method, path] of routes(world.bob.user.id).filter(([one]) => one !== 'get')) {
      assert.equal((await world.ana.client[method](path, {}, { 'sec-fetch-site': 'cross-site' })).status, 403, path);
    }
  });
});
