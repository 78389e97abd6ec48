import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { createLogger } from '../../src/lib/logger.ts';
import { Task } from '../../src/models/index.ts';
import { startLoopbackServer } from '../../src/realtime/loopback/server.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/process.ts';
import { openRawTab } from '../support/raw-tab.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { createWorld, type World } from '../support/world.ts';
import { listPositions } from '../../src/models/list/queries.ts';

describe('a hostile connection', () => {
  let app: TestApp;
  let world: World;
  let witness: Tab;
  before(async () => {
    app = await startApp();
    world = await createWorld(app);
    witness = await openTab(world.bob);
  });
  after(async () => {
    witness.close();
    await app.close();
  });

  const assertStillDelivering = async (): Promise<void> => {
    const task = await Task.create({
      listId: world.bob.list.id,
      userId: world.bob.user.id,
      description: 'Still there',
    });
    await witness.waitFor('new_task', ({ id }) => id === task.id, 2000);
  };

  it('A14: resetting a connection during its upgrade only ends that connection', async (t) => {
    const loopback = await startLoopbackServer(() => undefined, createLogger('silent'));
    t.after(() => loopback.close());
    const sockets = [];
    for (const url of [app.url, loopback.url])
      for (const path of ['/', '/nowhere', '/socket.io/?EIO=4&transport=websocket'])
        sockets.push(await resetUpgrade(url, path, world.ana.client.cookieHeader));
    for (const socket of sockets) assert.equal(socket.destroyed, true);
    await assertStillDelivering();
  });

  it('A14: a flood of websocket pings, which bypass the packet limit, ends the connection', async () => {
    const raw = await openRawTab(world.ana);
    for (let n = 0; n < 1000; n += 1) raw.websocket.ping('x'.repeat(125));
    await raw.closed();
    await assertStillDelivering();
  });

  it('A14: an open connection cannot move to another websocket, bypassing limits and Origin check', async () => {
    const raw = await openRawTab(world.ana);
    const { sid } = JSON.parse(raw.received.all[0]!.slice(1)) as { sid: string };
    for (const name of ['sid', '%73id']) {
      const other = new WebSocket(
        `${app.url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket&${name}=${sid}`,
        { headers: { origin: 'https://evil.example' } },
      );
      const [error] = (await once(other, 'error')) as [Error];
      assert.match(error.message, /Unexpected server response: 400/);
    }
    raw.send('421["catch_up",{}]');
    await raw.answered();
    raw.terminate();
  });

  it('A14: catch-ups from many tabs of one user leave database connections for others', async () => {
    const tabs = await Promise.all(Array.from({ length: 5 }, () => openTab(world.eve)));
    const held = { [world.eve.list.id]: (await listPositions([world.eve.list.id]))[world.eve.list.id]! };
    // Waits for the list's reader to start: before that, the sweep may make it read the log too.
    await Promise.all(tabs.map((tab) => tab.catchUp(held)));
    const lock = await app.sequelize.transaction();
    await app.sequelize.query('LOCK TABLE events IN ACCESS EXCLUSIVE MODE', { transaction: lock });
    const responses = Promise.all(tabs.flatMap((tab) => [1, 2, 3, 4].map(() => tab.catchUp(held))));
    // Excludes the job that updates availability, which waits too.
    const waiting = async (): Promise<number> => {
      const [[row]] = (await app.sequelize.query(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%\"logListId\"%'",
      )) as [[{ n: number }], unknown];
      return row.n;
    };
    await eventually(async () => (await waiting()) > 0, 'a catch-up to wait for the lock');
    assert.equal((await world.bob.client.get('/tasks')).status, 200);
    assert.equal(await waiting(), 1);
    await lock.rollback();
    for (const response of await responses) assert.ok(!('error' in response), JSON.stringify(response));
    for (const tab of tabs) tab.close();
  });
});

/** Requests an upgrade and resets the connection without waiting for the response. */
async function resetUpgrade(url: string, path: string, cookie: string): Promise<net.Socket> {
  const { port, origin } = new URL(url);
  const socket = net.connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Origin: ${origin}`,
    `Cookie: ${cookie}`,
    '',
    '',
  ];
  await new Promise((resolve) => socket.write(lines.join('\r\n'), resolve));
  // Once another request is answered, the server has read this one too.
  await fetch(url).catch(() => undefined);
  socket.on('error', () => undefined);
  socket.resetAndDestroy();
  return socket;
}
