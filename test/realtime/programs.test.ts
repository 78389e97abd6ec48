import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { createToken, revokeToken } from '../../src/models/api-token/commands.ts';
import { Category, Task } from '../../src/models/index.ts';
import { disableUser, enableUser } from '../../src/models/user/rights.ts';
import { defaultLimits } from '../../src/realtime/sockets/limits.ts';
import type { CatchUpAnswer, ListEvent } from '../../src/shared/events.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/process.ts';
import { Program } from '../support/program.ts';
import { hasPython, runPython } from '../support/python.ts';
import { openTab, type Tab, type TabOptions } from '../support/socket.ts';
import { createWorld, type Person, type World } from '../support/world.ts';

const APP = 'https://app.example.com';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp({ apiCorsOrigins: [APP] });
  world = await createWorld(app);
});
after(() => app.close());

const tokenOf = async ({ user }: Person, expiresAt: Date | null = null): Promise<string> =>
  (await createToken(user.id, { name: 'test', scopes: ['read'], expiresAt })).token;
const write = ({ list, user }: Person, description: string): Promise<Task> =>
  Task.create({ listId: list.id, userId: user.id, description });

/** Whose events the tab receives: each person writes, and each one's own task is the only one that they see. */
async function ownerOf(tab: Tab): Promise<string> {
  const [ofAna, ofBob] = [await write(world.ana, 'ana'), await write(world.bob, 'bob')];
  const task = await tab.waitFor('new_task', ({ id }) => id === ofAna.id || id === ofBob.id);
  return 'description' in task ? task.description : '';
}

describe('the handshake of a program', () => {
  const [own, evil] = ['own', 'https://evil.example'];
  const none = null;
  const cases: { origin: string | null; cookie: 'ana' | 'forged' | null; token: boolean; expected: string }[] = [
    { origin: none, cookie: null, token: true, expected: 'bob' },
    { origin: own, cookie: null, token: true, expected: 'bob' },
    { origin: APP, cookie: null, token: true, expected: 'bob' },
    // A browser sends cookies unasked; as in the API, they mean nothing to other origins.
    { origin: APP, cookie: 'ana', token: true, expected: 'bob' },
    { origin: APP, cookie: 'forged', token: true, expected: 'bob' },
    // On our own pages the session decides.
    { origin: own, cookie: 'ana', token: true, expected: 'ana' },
    { origin: own, cookie: 'ana', token: false, expected: 'ana' },
    { origin: own, cookie: 'forged', token: true, expected: 'websocket error' },
    { origin: none, cookie: 'ana', token: true, expected: 'websocket error' },
    { origin: none, cookie: 'ana', token: false, expected: 'websocket error' },
    { origin: evil, cookie: null, token: true, expected: 'websocket error' },
    { origin: evil, cookie: 'ana', token: true, expected: 'websocket error' },
    { origin: evil, cookie: 'ana', token: false, expected: 'websocket error' },
    { origin: 'null', cookie: null, token: true, expected: 'websocket error' },
    { origin: `${APP}.evil.example`, cookie: null, token: true, expected: 'websocket error' },
    { origin: `${APP}:8443`, cookie: null, token: true, expected: 'websocket error' },
    { origin: 'http://app.example.com', cookie: null, token: true, expected: 'websocket error' },
    { origin: none, cookie: null, token: false, expected: 'unauthorized' },
    { origin: own, cookie: null, token: false, expected: 'unauthorized' },
    { origin: APP, cookie: null, token: false, expected: 'unauthorized' },
    { origin: APP, cookie: 'ana', token: false, expected: 'unauthorized' },
  ];
  for (const { origin, cookie, token, expected } of cases) {
    const outcome = /error|unauthorized/.test(expected) ? 'is refused' : `receives what ${expected} sees`;
    it(`A9: ${outcome}, with origin ${origin ?? 'none'}, cookie ${cookie ?? 'none'} and ${token ? 'a' : 'no'} token`, async () => {
      const cookies = { ana: world.ana.client.cookieHeader, forged: 'taskwire=s%3Aforged.signature' };
      const options: TabOptions = {
        origin: origin === own ? app.url : origin,
        cookie: cookie && cookies[cookie],
        ...(token && { token: await tokenOf(world.bob) }),
      };
      const opened = openTab(world.ana, options);
      if (/error|unauthorized/.test(expected)) {
        await assert.rejects(opened, new RegExp(expected));
        return;
      }
      const tab = await opened;
      assert.equal(await ownerOf(tab), expected);
      tab.close();
    });
  }

  it('takes the token from the Authorization header too', async () => {
    const authorization = `Bearer ${await tokenOf(world.bob)}`;
    for (const origin of [null, app.url, APP]) {
      const tab = await openTab(world.bob, { origin, cookie: null, headers: { authorization } });
      assert.equal(await ownerOf(tab), 'bob');
      tab.close();
    }
    for (const wrong of ['Bearer taskwire_wrong', `Basic ${btoa('bob:x')}`, await tokenOf(world.bob)])
      await assert.rejects(
        openTab(world.bob, { origin: null, cookie: null, headers: { authorization: wrong } }),
        /unauthorized/,
      );
  });

  it('A34: takes no token from the address', async () => {
    const token = await tokenOf(world.bob);
    const { socket } = await openTab(world.bob);
    socket.disconnect();
    socket.io.opts.query = { token, auth: token };
    socket.io.opts.extraHeaders = {};
    const refused = new Promise<Error>((resolve) => {
      socket.once('connect_error', resolve);
    });
    socket.connect();
    assert.equal((await refused).message, 'unauthorized');
    socket.disconnect();
  });

  it('refuses a token that is expired, revoked or of a disabled person, and ends its connections', async () => {
    const { eve } = world;
    const program: TabOptions = { origin: null, cookie: null };
    const expired = await tokenOf(eve, new Date(Date.now() - 1000));
    await assert.rejects(openTab(eve, { ...program, token: expired }), /unauthorized/);

    const { token, row } = await createToken(eve.user.id, { name: 'test', scopes: ['read'], expiresAt: null });
    const open = await openTab(eve, { ...program, origin: APP, token });
    await revokeToken(row);
    await open.waitFor('session_ended', ({ reason }) => reason === 'revoked', 2000);
    await assert.rejects(openTab(eve, { ...program, token }), /unauthorized/);

    const kept = await tokenOf(eve);
    const other = await openTab(eve, { ...program, token: kept });
    await disableUser(eve.user, null, null);
    await other.waitFor('session_ended', ({ reason }) => reason === 'disabled', 2000);
    await assert.rejects(openTab(eve, { ...program, token: kept }), /unauthorized/);
    await enableUser(eve.user, null);
  });
});

describe('a task over a socket', () => {
  const whole = { include: 'categories,user,assignee' };

  it('is the task of the API, with its url at the address that the client connected to', async () => {
    const { ana } = world;
    const category = await Category.create({ listId: ana.list.id, name: { original: 'Home' }, color: 'red' });
    const token = (await createToken(ana.user.id, { name: 'test', scopes: ['read', 'write'], expiresAt: null })).token;
    const program = new Program(app.url, token);
    const elsewhere = app.url.replace('127.0.0.1', 'localhost');
    const tabs = [
      await openTab(ana, { origin: null, cookie: null, token }),
      await openTab(ana, { origin: elsewhere, headers: { host: new URL(elsewhere).host } }),
    ];
    const since = await program.get<{ id: number; epoch: string; version: number }[]>('/lists');
    const created = await program.post<{ id: number; url: string }>('/tasks', {
      description: 'Read https://example.com',
      notes: 'Soon',
      categoryIds: [category.id],
      assigneeId: ana.user.id,
      availableFrom: '2020-01-01T00:00:00Z',
    });
    const task = (await program.get(`/tasks/${created.body.id}`, whole)).body;
    assert.equal(task.available, true);
    for (const [index, url] of [app.url, elsewhere].entries()) {
      const event = await tabs[index]!.waitFor('new_task', ({ id }) => id === created.body.id);
      const { textRevision, parts, list, actor, ...rest } = event as unknown as Record<string, unknown>;
      assert.deepEqual(rest, { ...task, url: `${url}/api/v1/tasks/${created.body.id}` });
      assert.deepEqual(actor, { id: ana.user.id, name: 'Ana' });
      assert.ok(textRevision && parts && list);
      const { epoch, version } = since.body[0]!;
      const answer = (await tabs[index]!.catchUp({ [ana.list.id]: { epoch, version } })) as CatchUpAnswer;
      const caughtUp = answer[ana.list.id] as { events: ListEvent[] };
      assert.deepEqual(caughtUp.events.at(-1)?.payload, event);
    }
    // What a socket gives can be put back.
    const event = await tabs[0]!.waitFor('new_task', ({ id }) => id === created.body.id);
    const put = await program.put(`/tasks/${created.body.id}`, { ...event, notes: 'Now' });
    assert.equal(put.status, 200, JSON.stringify(put.body));
    assert.equal(put.body.notes, 'Now');
    for (const tab of tabs) tab.close();
  });
});

describe('a plain request under /socket.io', () => {
  it('is answered with a sentence that names the websocket transport', async () => {
    for (const [language, words] of [
      ['en', /websocket transport.*transports: \['websocket'\]/],
      ['es', /transporte websocket/],
    ] as const)
      for (const path of ['/socket.io/?EIO=4&transport=polling', '/socket.io?EIO=4', '/socket.io/x']) {
        const response = await fetch(app.url + path, { headers: { origin: APP, 'accept-language': language } });
        assert.equal(response.status, 400);
        assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
        assert.equal(response.headers.get('access-control-allow-origin'), APP);
        assert.equal(response.headers.get('access-control-allow-credentials'), null);
        assert.match(await response.text(), words);
      }
    const post = await fetch(`${app.url}/socket.io/?EIO=4&transport=polling`, { method: 'POST', body: '40' });
    assert.equal(post.status, 400);
    assert.equal(post.headers.get('access-control-allow-origin'), null);
  });

  it('serves the client, to pages of other origins too', async () => {
    for (const name of ['socket.io.js', 'socket.io.min.js', 'socket.io.esm.min.js']) {
      const response = await fetch(`${app.url}/socket.io/${name}`);
      assert.equal(response.status, 200, name);
      assert.match(response.headers.get('content-type') ?? '', /javascript/);
      assert.equal(response.headers.get('cross-origin-resource-policy'), 'cross-origin');
      assert.match(await response.text(), /Socket\.IO v4/);
    }
  });
});

if (hasPython)
  describe('Debian’s python3-socketio', () => {
    const variants = [
      { program: 'synchronous.py', how: 'auth' },
      { program: 'synchronous.py', how: 'header' },
      { program: 'asynchronous.py', how: 'auth' },
    ];
    for (const { program, how } of variants)
      it(`${program}, with the token in the ${how}, catches up, receives and hears of its end`, async (t) => {
        const { bob } = world;
        const { token, row } = await createToken(bob.user.id, { name: 'test', scopes: ['read'], expiresAt: null });
        const api = new Program(app.url, token);
        const [list] = (await api.get<{ id: number; epoch: string; version: number }[]>('/lists')).body;
        const missed = await write(bob, 'Missed');
        const held = { [list!.id]: { epoch: list!.epoch, version: list!.version } };
        const client = runPython(program, { URL: app.url, TOKEN: token, HOW: how, HELD: JSON.stringify(held) });
        t.after(client.stop);
        const answer = (await client.waitFor('caught_up')) as CatchUpAnswer;
        assert.deepEqual(
          (answer[list!.id] as { events: ListEvent[] }).events.map(({ payload }) => payload.id),
          [missed.id],
        );
        const created = await write(bob, 'Received');
        const event = (await client.waitFor('new_task')) as ListEvent['payload'] & { url: string };
        assert.equal(event.url, `${app.url}/api/v1/tasks/${created.id}`);
        await revokeToken(row);
        assert.deepEqual(await client.waitFor('session_ended'), { reason: 'revoked' });
        const { status, errors } = await client.ended;
        assert.equal(status, 0, errors);
      });

    it('runs the example of the documentation as it stands there', async (t) => {
      const document = (await (await fetch(`${app.url}/api/v1/asyncapi.json`)).json()) as {
        info: { description: string };
      };
      const [, code] = /```python\n([^]*?)```/.exec(document.info.description) ?? [];
      assert.ok(code);
      const client = runPython({ code: `${code}\n` }, { TOKEN: await tokenOf(world.bob) });
      t.after(client.stop);
      const joined = async (): Promise<boolean> => {
        await write(world.bob, 'For the example');
        return client.received.all.length > 0;
      };
      await eventually(joined, 'a line of the example');
      assert.match(String(await client.waitFor('output')), /^For the example http.*\/api\/v1\/tasks\/\d+$/);
    });

    it('says why it is refused: with a wrong token, and with its default transports', async () => {
      const token = await tokenOf(world.bob);
      for (const program of ['synchronous.py', 'asynchronous.py']) {
        const client = runPython(program, { URL: app.url, TOKEN: 'taskwire_wrong' });
        assert.ok(await client.waitFor('refused'));
        assert.equal((await client.ended).status, 1);
      }
      const client = runPython('asynchronous.py', { URL: app.url, TOKEN: token, HOW: 'polling' });
      assert.match(JSON.stringify(await client.waitFor('connect_error')), /websocket transport/);
      assert.equal((await client.ended).status, 1);
    });
  });

describe('behind a proxy, with PUBLIC_URL', () => {
  before(async () => {
    await app.close();
    app = await startApp({ publicUrl: new URL('https://tasks.example.com'), trustProxy: 1 });
    world = await createWorld(app);
  });

  it('gives everybody the url of that address, by socket and page', async () => {
    const { ana } = world;
    const tab = await openTab(ana, { origin: null, cookie: null, token: await tokenOf(ana) });
    const { id } = await write(ana, 'Anything');
    const url = `https://tasks.example.com/api/v1/tasks/${id}`;
    const event = await tab.waitFor('new_task');
    assert.equal('url' in event && event.url, url);
    const page = await ana.client.get(`/lists/${ana.list.id}/events`, { since: '0' }, { accept: 'application/json' });
    assert.ok(page.text.includes(url), page.text);
    tab.close();
  });

  it('A47: keeps no network out because of another that opens connections and sends no token', async () => {
    const silent = (forwarded: string): Promise<number> => {
      const websocket = new WebSocket(`${app.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
        headers: { 'x-forwarded-for': forwarded },
      });
      return new Promise((resolve) => {
        websocket.once('open', () => {
          resolve(101);
        });
        websocket.once('unexpected-response', (_request, { statusCode = 0 }) => {
          resolve(statusCode);
        });
      });
    };
    const { unauthenticatedPerNetwork } = defaultLimits;
    // One network, whatever it claims in front of the address that the proxy has added.
    const addresses = ['2001:db8:1:2::3', '6.6.6.6, 2001:db8:1:2:aa::4', '2001:db8:1:2:ffff::1'];
    const opened = await Promise.all(
      Array.from({ length: unauthenticatedPerNetwork + 10 }, (_, n) => silent(addresses[n % 3]!)),
    );
    assert.equal(opened.filter((status) => status === 101).length, unauthenticatedPerNetwork);
    assert.equal(opened.filter((status) => status === 400).length, 10);
    const program = { origin: null, cookie: null, token: await tokenOf(world.bob) };
    await assert.rejects(openTab(world.bob, { ...program, headers: { 'x-forwarded-for': addresses[0]! } }));
    const tab = await openTab(world.bob, { ...program, headers: { 'x-forwarded-for': '2001:db8:1:3::3' } });
    assert.equal(await ownerOf(tab), 'bob');
    tab.close();
  });
});
