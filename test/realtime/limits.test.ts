import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { QueryTypes, type Sequelize } from 'sequelize';
import { createApp } from '../../src/app.ts';
import { readSettings } from '../../src/config/env.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { Task } from '../../src/models/index.ts';
import { defaultLimits, type SocketLimits } from '../../src/realtime/sockets/limits.ts';
import { startRealtime, type Realtime } from '../../src/realtime/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/process.ts';
import { openRawTab } from '../support/raw-tab.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { createWorld, type Person, type World } from '../support/world.ts';

describe('limits on one tab', () => {
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

  const write = ({ list, user }: Person, description: string): Promise<Task> =>
    Task.create({ listId: list.id, userId: user.id, description });
  const witnessedWithin = async (ms: number): Promise<void> => {
    const task = await write(world.bob, 'Still there');
    await witness.waitFor('new_task', ({ id }) => id === task.id, ms);
  };

  it('A14: a packet over 64 kB ends the connection', async () => {
    const tab = await openTab(world.ana);
    tab.say('catch_up', 'x'.repeat(defaultLimits.packetBytes));
    await tab.ends.until((all) => all.length === 1);
    await witnessedWithin(1000);
  });

  it('A14: a flood of packets ends the connection and slows no other', async () => {
    const tab = await openTab(world.ana);
    for (let n = 0; n < 1000; n += 1) tab.say('flood');
    await witnessedWithin(1000);
    await tab.ends.until((all) => all.length === 1);

    const pongs = await openRawTab(world.ana);
    for (let n = 0; n < 1000; n += 1) pongs.send('3');
    await pongs.closed();
  });

  it('a connection may run a few catch-ups at once, not many', async () => {
    const tab = await openTab(world.ana);
    const answers = await Promise.all(Array.from({ length: 10 }, () => tab.catchUp({})));
    assert.deepEqual(
      answers.slice(0, defaultLimits.catchUpsAtOnce),
      Array.from({ length: defaultLimits.catchUpsAtOnce }, () => ({})),
    );
    assert.ok(answers.some((answer) => 'error' in answer && answer.error === 'busy'));
    assert.deepEqual(await tab.catchUp({}), {});
    tab.close();
  });

  it('A14: a user may open 50 tabs, and another as soon as one closes', async () => {
    const tabs = await Promise.all(Array.from({ length: defaultLimits.tabsPerUser }, () => openTab(world.eve)));
    const refused = await Promise.allSettled(Array.from({ length: 20 }, () => openTab(world.eve)));
    assert.deepEqual(new Set(refused.map(({ status }) => status)), new Set(['rejected']));
    await witnessedWithin(1000);

    const again = await openTab(world.ana);
    again.close();
    tabs[0]!.close();
    const late = await reopened(world.eve);
    for (const tab of [...tabs, late]) tab.close();
  });

  it('A15: a tab that stops reading is disconnected before it fills the memory', async () => {
    const slow = await openRawTab(world.ana);
    slow.websocket.pause();
    const before = held();
    let most = 0;
    const rounds = 20;
    const burst = Array.from({ length: 50 }, () => ({
      listId: world.ana.list.id,
      userId: world.ana.user.id,
      description: 'Long',
      notes: '漢'.repeat(20_000),
    }));
    for (let round = 0; round < rounds; round += 1) {
      await Task.bulkCreate(burst, { returning: false });
      await witnessedWithin(2000);
      most = Math.max(most, held() - before);
    }
    assert.ok(most < 50_000_000, `${String(most)} bytes held`);
    slow.websocket.resume();
    await slow.closed();
    assert.ok(slow.received.all.length < rounds * 50, `${String(slow.received.all.length)} packets came`);
  });
});

describe('a connection without a namespace', () => {
  it('is closed after a timeout', async (t) => {
    const database = await openTestDatabase();
    const server = await startBounded(database, { connectMs: 50 });
    t.after(async () => {
      await server.close();
      await database.close();
    });
    const { ana } = await createWorld({ url: server.url, settings: settingsFor(database.url) });
    const raw = await openRawTab(ana, { join: false });
    await raw.closed();
  });
});

describe('tabs that connect and disconnect', () => {
  it('leak no room, reader, listener or presence', async (t) => {
    const database = await openTestDatabase();
    const server = await startBounded(database);
    t.after(async () => {
      await server.close();
      await database.close();
    });
    const { ana, bob } = await createWorld({ url: server.url, settings: settingsFor(database.url) });
    const listeners = (): number[] => server.http.eventNames().map((name) => server.http.listenerCount(name));
    const before = listeners();
    const held = { tabs: 0, rooms: 0, readers: 0 };
    assert.deepEqual(server.realtime.openResources(), held);
    for (let round = 0; round < 30; round += 1) {
      const tabs = await Promise.all(Array.from({ length: 5 }, () => openTab(round % 2 === 0 ? ana : bob)));
      assert.notDeepEqual(server.realtime.openResources(), held);
      // As many again leave before they are in their rooms.
      const raws = await Promise.all(Array.from({ length: 5 }, () => openRawTab(ana, { join: false })));
      for (const raw of raws) {
        raw.send('40');
        raw.websocket.close();
      }
      for (const tab of tabs) tab.close();
    }
    await eventually(() => isDeepStrictEqual(server.realtime.openResources(), held), 'all resources to be freed');
    await eventually(
      async () => (await database.sequelize.query('SELECT FROM presence', { type: QueryTypes.SELECT })).length === 0,
      'nobody to be present',
    );
    assert.deepEqual(listeners(), before);
  });
});

const settingsFor = (databaseUrl: string) =>
  readSettings({
    DATABASE_URL: databaseUrl,
    DATABASE_SSL: 'off',
    PORT: '0',
    SESSION_SECRET: 'a secret for tests only',
  });

async function startBounded(
  { sequelize, connection, url }: TestDatabase & { sequelize: Sequelize },
  own: Partial<SocketLimits> = {},
): Promise<{ url: string; realtime: Realtime; http: HttpServer; close(): Promise<void> }> {
  const settings = settingsFor(url);
  const log = createLogger('silent');
  const app = createApp({ settings, sequelize, log });
  const http = createServer(app);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const realtime = await startRealtime({
    http,
    sequelize,
    connection,
    settings,
    session: app.locals.session,
    log,
    limits: own,
  });
  return {
    url: `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`,
    realtime,
    http,
    close: async () => {
      await realtime.close();
      http.close();
      http.closeAllConnections();
    },
  };
}

/** The server learns of a closed tab a moment after the tab does. */
async function reopened(person: Person): Promise<Tab> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openTab(person);
    } catch (refusal) {
      if (attempt === 20) throw refusal;
    }
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that the process holds on to. */
function held(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
