import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, it, type TestContext } from 'node:test';
import { pino } from 'pino';
import { Server } from 'socket.io';
import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client';
import { announce } from '../../src/events/index.ts';
import { startLoopbackClient } from '../../src/realtime/loopback/client.ts';
import { startLoopbackServer, type LoopbackServer } from '../../src/realtime/loopback/server.ts';
import type { Announcement } from '../../src/shared/events.ts';
import { nodeFlags, runnablePath } from '../support/compiled.ts';
import { recorder } from '../support/recorder.ts';

const log = pino({ level: 'silent' });
const everything: Announcement = { id: null, listId: null };

describe('the loopback server', () => {
  it('receives the models’ announcements in order', async (t) => {
    const { loopback, received } = await openLoopback(t);
    const client = startLoopbackClient(loopback, log);
    t.after(() => {
      client.close();
    });
    await received.until((all) => all.length === 1);
    assert.deepEqual(received.all, [everything]);

    for (const id of [1, 2, 3]) announce('changed', 'new_task', { id, listId: 7 });
    announce('changed', 'category_changed', { id: null, listId: 8 });
    await received.until((all) => all.length === 5);
    assert.deepEqual(received.all.slice(1), [
      { id: 1, listId: 7 },
      { id: 2, listId: 7 },
      { id: 3, listId: 7 },
      { id: null, listId: 8 },
    ]);
  });

  it('refuses a missing or wrong secret and any Origin', async (t) => {
    const { loopback, received } = await openLoopback(t);
    const bearer = { authorization: `Bearer ${loopback.secret}` };
    const wrong = loopback.secret.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    const attempts: Partial<ManagerOptions & SocketOptions>[] = [
      {},
      { auth: { secret: loopback.secret }, query: { secret: loopback.secret, authorization: bearer.authorization } },
      { extraHeaders: { authorization: '' } },
      { extraHeaders: { authorization: `Bearer ${wrong}` } },
      { extraHeaders: { authorization: `Bearer ${loopback.secret}x` } },
      { extraHeaders: { authorization: loopback.secret } },
      { extraHeaders: { ...bearer, origin: loopback.url } },
      { extraHeaders: { ...bearer, origin: 'null' } },
    ];
    for (const attempt of attempts) {
      const socket = io(loopback.url, { transports: ['websocket'], forceNew: true, reconnection: false, ...attempt });
      socket.emit('new_task', { id: 1, listId: 7 });
      const [error] = (await once(socket as never, 'connect_error')) as [Error];
      assert.match(error.message, /websocket error/);
      socket.close();
    }
    const polling = await fetch(`${loopback.url}/socket.io/?EIO=4&transport=polling`, { headers: bearer });
    assert.equal(polling.status, 400);
    await polling.text();
    assert.equal((await fetch(loopback.url)).status, 404);
    assert.deepEqual(received.all, []);
  });

  it('ignores invalid announcements', async (t) => {
    const { loopback, received } = await openLoopback(t);
    const socket = io(loopback.url, {
      transports: ['websocket'],
      forceNew: true,
      extraHeaders: { authorization: `Bearer ${loopback.secret}` },
    });
    t.after(() => {
      socket.close();
    });
    const messages: unknown[] = [
      null,
      [],
      7,
      'x',
      {},
      { id: 1 },
      { id: -1, listId: 1 },
      { id: 1, listId: 1.5 },
      { id: 1, listId: '1' },
      { id: 1, listId: 7, description: 'x' },
      Buffer.from('x'),
    ];
    for (const message of messages) socket.emit('new_task', message);
    socket.emit('new_task');
    socket.emit('drop_everything', everything);
    socket.emit('task_updated', { id: 1, listId: 7 });
    await received.until((all) => all.length > 0);
    assert.deepEqual(received.all, [{ id: 1, listId: 7 }]);
  });

  it('survives a listener that throws', async (t) => {
    const received = recorder<Announcement>();
    const loopback = await startLoopbackServer((announcement) => {
      received.add(announcement);
      throw new Error('the listener is broken');
    }, log);
    t.after(() => loopback.close());
    const client = startLoopbackClient(loopback, log);
    t.after(() => {
      client.close();
    });
    await received.until((all) => all.length === 1);
    announce('changed', 'new_task', { id: 1, listId: 7 });
    await received.until((all) => all.length === 2);
  });

  it('is reachable on 127.0.0.1 and on no other address', async (t) => {
    const { loopback } = await openLoopback(t);
    const port = Number(new URL(loopback.url).port);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .map(({ address }) => address)
      .filter((address) => address !== '127.0.0.1' && !address.startsWith('fe80'));
    for (const host of ['127.0.0.2', '::1', ...others]) assert.equal(await canConnect(host, port), false, host);
    assert.equal(await canConnect('127.0.0.1', port), true);
  });
});

describe('the in-process client', () => {
  it('reconnects after a disconnect, a rejection and a lost connection, and then announces any list', async (t) => {
    const http = createServer();
    const server = new Server(http, { transports: ['websocket'] });
    t.after(() => server.close());
    const connections = recorder<string>();
    const received = recorder<unknown>();
    server.use((_socket, next) => {
      connections.add('connecting');
      next(connections.all.length === 2 ? new Error('not now') : undefined);
    });
    server.on('connection', (socket) => {
      const n = connections.all.length;
      if (n === 1) socket.disconnect(true);
      if (n === 3) socket.conn.close();
      if (n === 4)
        socket.on('task_updated', (message) => {
          received.add(message);
        });
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const client = startLoopbackClient(
      { url: `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`, secret: 'any' },
      log,
    );
    t.after(() => {
      client.close();
    });
    await connections.until((all) => all.length === 4);
    await received.until((all) => all.length === 1);
    assert.deepEqual(received.all, [everything]);
  });

  it('buffers nothing while disconnected', async (t) => {
    const first = await startLoopbackServer(() => undefined, log);
    const port = Number(new URL(first.url).port);
    const client = startLoopbackClient(first, log);
    t.after(() => {
      client.close();
    });
    await first.close();
    for (let id = 1; id <= 10_000; id += 1) announce('changed', 'new_task', { id, listId: 7 });

    const received = recorder<unknown>();
    const http = createServer();
    const server = new Server(http, { transports: ['websocket'] });
    t.after(() => server.close());
    server.on('connection', (socket) => {
      socket.onAny((_name, message) => {
        received.add(message);
      });
    });
    http.listen(port, '127.0.0.1');
    await received.until((all) => all.length > 0);
    announce('changed', 'new_task', { id: 1, listId: 9 });
    await received.until((all) => all.length > 1);
    assert.deepEqual(received.all, [everything, { id: 1, listId: 9 }]);
  });

  it('leaves nothing that keeps a process alive after close()', async () => {
    const script = `
      import { pino } from 'pino';
      import { startLoopbackClient } from '${runnablePath('src/realtime/loopback/client.ts')}';
      import { startLoopbackServer } from '${runnablePath('src/realtime/loopback/server.ts')}';
      const log = pino({ level: 'silent' });
      let onAnnouncement;
      const connected = new Promise((resolve) => { onAnnouncement = resolve; });
      const loopback = await startLoopbackServer(onAnnouncement, log);
      const client = startLoopbackClient(loopback, log);
      await connected;
      client.close();
      await loopback.close();`;
    const child = spawn(process.execPath, [...nodeFlags(), '--input-type=module', '-e', script], {
      stdio: 'inherit',
      timeout: 20_000,
    });
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});

async function openLoopback(
  t: TestContext,
): Promise<{ loopback: LoopbackServer; received: ReturnType<typeof recorder<Announcement>> }> {
  const received = recorder<Announcement>();
  const loopback = await startLoopbackServer((announcement) => {
    received.add(announcement);
  }, log);
  t.after(() => loopback.close());
  return { loopback, received };
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const finish = (reached: boolean): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => {
      finish(true);
    });
    socket.once('error', () => {
      finish(false);
    });
    socket.once('timeout', () => {
      finish(false);
    });
  });
}
