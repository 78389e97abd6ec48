import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chunk } from '../../src/lib/chunk.ts';
import { Task } from '../../src/models/index.ts';
import { taskEventNames, type TaskEvent } from '../../src/shared/events.ts';
import { io } from 'socket.io-client';
import { startApp, type TestApp } from '../support/app.ts';
import { openTab, type TabOptions } from '../support/socket.ts';
import { createWorld, type World } from '../support/world.ts';

describe('the handshake', () => {
  let app: TestApp;
  let world: World;
  before(async () => {
    app = await startApp();
    world = await createWorld(app);
  });
  after(() => app.close());

  it('accepts a signed-in user on our own page', async () => {
    const tab = await openTab(world.ana);
    tab.close();
  });

  it('A9: refuses a page of another origin', async () => {
    const { port, host } = new URL(app.url);
    const foreign: TabOptions[] = [
      'https://evil.example',
      'null',
      `https://${host}`,
      'http://evil.example',
      `http://${host}.evil.example`,
      `http://evil.example:${port}`,
      `http://127.0.0.2:${port}`,
      `http://${host.replace(port, '1')}`,
      `http://user@${host}`,
      `http://${host}/`,
      'file://',
      '',
    ].map((origin) => ({ origin }));
    foreign.push(
      { origin: null },
      { origin: null, headers: { referer: app.url } },
      { origin: null, headers: { 'sec-fetch-site': 'same-origin' } },
    );
    for (const attempt of foreign)
      await assert.rejects(openTab(world.ana, attempt), /websocket error/, JSON.stringify(attempt));
  });

  it('A2, A10: refuses a missing, forged or ended session', async () => {
    const good = world.ana.client.cookieHeader;
    const elsewhere = await world.signIn(world.ana);
    const ended = elsewhere.client.cookieHeader;
    await elsewhere.client.post('/logout');
    const expired = await world.signIn(world.ana);
    await app.sequelize.query('UPDATE sessions SET expire = now() WHERE sid = $1', { bind: [expired.sid] });
    const [name] = good.split('=');
    const cookies = [
      null,
      '',
      `${String(name)}=`,
      `${String(name)}=s%3Aforged.signature`,
      good.replace(/.$/, (last: string) => (last === 'A' ? 'B' : 'A')),
      good.replace(/s%3A./, 's%3A_'),
      ended,
      expired.client.cookieHeader,
      'connect.sid=x',
      '%%%',
    ];
    for (const cookie of cookies)
      // Without a cookie it may be a program, which is asked for its token.
      await assert.rejects(openTab(world.ana, { cookie }), cookie ? /websocket error/ : /unauthorized/, String(cookie));
  });

  it('accepts websocket only', async () => {
    const polling = await fetch(`${app.url}/socket.io/?EIO=4&transport=polling`, {
      headers: { cookie: world.ana.client.cookieHeader, origin: app.url },
    });
    assert.equal(polling.status, 400);
    assert.match(polling.headers.get('content-security-policy') ?? '', /default-src/);
  });

  it('A11: forwards nothing from a tab, on any namespace', async () => {
    const [ana, bob] = [await openTab(world.ana), await openTab(world.bob)];
    const forged = { id: 1, listId: world.bob.list.id, description: 'Forged' };
    for (const name of [
      ...taskEventNames,
      'category_changed',
      'count_updated',
      'inbox_updated',
      'list_versions',
      'session_ended',
      'join',
      'subscribe',
      'message',
    ]) {
      ana.say(name, forged);
    }
    for (const namespace of ['/wire', '/admin', '/internal', `/list:${String(world.bob.list.id)}`, '/*']) {
      const socket = io(new URL(namespace, app.url).href, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        extraHeaders: { origin: app.url, cookie: world.ana.client.cookieHeader },
      });
      socket.emit('new_task', forged);
      const error = await new Promise<Error>((resolve) => {
        socket.once('connect_error', resolve);
      });
      assert.equal(error.message, 'Invalid namespace');
      socket.close();
    }
    await Task.create({ listId: world.bob.list.id, userId: world.bob.user.id, description: 'Real' });
    const event = await bob.waitFor('new_task');
    assert.equal((event as TaskEvent & { description: string }).description, 'Real');
    assert.deepEqual(
      bob.received.all.filter(({ name }) => name !== 'count_updated' && name !== 'inbox_updated').length,
      1,
    );
    for (const tab of [ana, bob]) tab.close();
  });

  it('A12: does not let a tab join the room of another list', async () => {
    const rooms = [`list:${String(world.bob.list.id)}`, `user:${String(world.bob.user.id)}`];
    const attempts = ['join', 'subscribe', 'room', 'joinRoom'].flatMap((name) =>
      [...rooms, rooms, { room: rooms[0] }].map((room) => ({ name, room })),
    );
    // After the third a tab is disconnected.
    const tabs = await Promise.all(
      Array.from(chunk(attempts, 2), async (pair) => {
        const tab = await openTab(world.ana);
        for (const { name, room } of pair) tab.say(name, room);
        assert.deepEqual(await tab.catchUp({ [world.bob.list.id]: { epoch: 'x', version: 0 } }), {});
        return tab;
      }),
    );
    await Task.create({ listId: world.bob.list.id, userId: world.bob.user.id, description: 'Only bob’s' });
    await Task.create({ listId: world.ana.list.id, userId: world.ana.user.id, description: 'ana’s own' });
    for (const tab of tabs) {
      await tab.waitFor('new_task');
      assert.ok(!JSON.stringify(tab.received.all).includes('Only bob’s'));
      tab.close();
    }
  });
});

describe('with PUBLIC_URL', () => {
  it('accepts a page of that address and refuses one of the machine’s own address', async (t) => {
    const publicUrl = new URL('https://tasks.example.com');
    const app = await startApp({ publicUrl, https: true, trustProxy: 1 });
    t.after(() => app.close());
    const { ana } = await createWorld(app);
    const tab = await openTab(ana, {
      origin: publicUrl.origin,
      headers: { host: 'tasks.example.com', 'x-forwarded-proto': 'https' },
    });
    tab.close();
    for (const origin of [app.url, 'http://tasks.example.com', 'https://tasks.example.com:8443'])
      await assert.rejects(openTab(ana, { origin }), /websocket error/, origin);
  });
});
