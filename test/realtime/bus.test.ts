/** The same tests for both transports. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { PAYLOAD_BYTES, type Hint } from '../../src/realtime/bus/message.ts';
import { openBus, postgresTransport, redisTransport, type BusTransport } from '../support/bus.ts';
import { nodeFlags, runnablePath } from '../support/compiled.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startPooler } from '../support/pooler.ts';
import { eventually, runNode } from '../support/process.ts';
import { hasRedis, startRedis } from '../support/redis.ts';

const SECRET = 'a secret for tests only';

const moved = (listId: number | null): Hint => ({ name: 'list_changed', listId });
const transports: BusTransport[] = [postgresTransport(), ...(hasRedis ? [redisTransport(SECRET)] : [])];

for (const transport of transports) {
  describe(`hints between processes over ${transport.name}`, () => {
    before(() => transport.start());
    after(() => transport.stop());

    it('reach every other process in order, and not the sender', async (t) => {
      const [one, two, three] = [await openBus(t, transport), await openBus(t, transport), await openBus(t, transport)];
      const sent: Hint[] = [
        moved(7),
        moved(null),
        { name: 'members_changed', listIds: [3] },
        { name: 'session_ended', sid: 'of ana', reason: 'signed_out' },
        { name: 'session_replaced', sid: 'of bob' },
        { name: 'access_ended', userId: 5, reason: 'password_changed', exceptSid: 'of eve' },
        { name: 'access_ended', userId: 5, reason: 'disabled' },
      ];
      for (const hint of sent) one.bus.send(hint);
      await Promise.all([two, three].map(({ received }) => received.until((all) => all.length === sent.length)));
      assert.deepEqual({ two: two.received.all, three: three.received.all }, { two: sent, three: sent });
      two.bus.send(moved(9));
      await one.received.until((all) => all.length > 0);
      assert.deepEqual(one.received.all, [moved(9)]);
    });

    it('are deduplicated', async (t) => {
      const [one, two] = [await openBus(t, transport), await openBus(t, transport)];
      for (let n = 0; n < 1000; n += 1) one.bus.send(moved(7));
      one.bus.send(moved(8));
      await two.received.until((all) => all.some((hint) => hint.name === 'list_changed' && hint.listId === 8));
      assert.ok(two.received.all.length <= 3, `${two.received.all.length} hints`);
    });

    it('all arrive when there are thousands, split into small payloads', async (t) => {
      const [raw, stopListening] = await transport.listen();
      t.after(stopListening);
      const [one, two] = [await openBus(t, transport), await openBus(t, transport)];
      const listIds = Array.from({ length: 3000 }, (_, n) => n + 1);
      for (const listId of listIds) one.bus.send(moved(listId));
      one.bus.send({ name: 'members_changed', listIds });
      for (const n of listIds.slice(0, 100))
        one.bus.send({ name: 'session_ended', sid: '漢'.repeat(190) + String(n), reason: 'expired' });
      await two.received.until((all) => all.length >= 6100, 20_000);
      assert.deepEqual(
        two.received.all.flatMap((hint) => (hint.name === 'list_changed' ? [hint.listId] : [])),
        listIds,
      );
      assert.deepEqual(
        two.received.all.flatMap((hint) => (hint.name === 'members_changed' ? hint.listIds : [])),
        listIds,
      );
      assert.equal(two.received.all.filter(({ name }) => name === 'session_ended').length, 100);
      assert.ok(raw.all.every((payload) => Buffer.byteLength(payload) <= PAYLOAD_BYTES));
    });

    it('are replaced by one for any list when the queue overflows', async (t) => {
      const [one, two] = [await openBus(t, transport), await openBus(t, transport)];
      for (let listId = 1; listId <= 25_000; listId += 1) one.bus.send(moved(listId));
      one.bus.send({ name: 'session_replaced', sid: 'the last' });
      await two.received.until((all) => all.some(({ name }) => name === 'session_replaced'), 20_000);
      assert.ok(two.received.all.length < 10_000, `${two.received.all.length} hints`);
      assert.ok(two.received.all.some((hint) => hint.name === 'list_changed' && hint.listId === null));
    });

    it('are ignored when invalid, and later ones arrive', async (t) => {
      const one = await openBus(t, transport);
      const from = randomUUID();
      const invalid = [
        '',
        'hello',
        'null',
        '[]',
        '7',
        '{}',
        '{"from":"nobody","hints":[]}',
        `{"from":"${from}"}`,
        `{"from":"${from}","hints":{}}`,
        `{"from":"${from}","hints":[],"more":1}`,
        `{"from":"${from}","heartbeat":"x"}`,
        '['.repeat(3000),
        `{"__proto__":{"from":"${from}"},"hints":[]}`,
      ];
      for (const payload of invalid) await transport.publish(payload);
      const hints = [
        { name: 'unknown' },
        { name: 'list_changed', listId: '7' },
        { name: 'list_changed', listId: -1 },
        { name: 'session_ended', sid: 'x', reason: 'invalid' },
        null,
        7,
        moved(11),
      ];
      await transport.publish(JSON.stringify({ from, hints }));
      await one.received.until((all) => all.length > 0);
      assert.deepEqual(one.received.all, [moved(11)]);
      await one.log.until((all) => all.length >= invalid.length + hints.length - 1);
      assert.deepEqual(one.reconnects.all, [true]);
    });

    it('keep arriving after a listener throws', async (t) => {
      const one = await openBus(t, transport, () => {
        throw new Error('the listener is broken');
      });
      const two = await openBus(t, transport);
      two.bus.send(moved(1));
      await one.received.until((all) => all.length === 1);
      two.bus.send(moved(2));
      await one.received.until((all) => all.length === 2);
      assert.deepEqual(one.reconnects.all, [true]);
    });

    it('arrive again after a disconnect, which each process logs, and are not kept meanwhile', async (t) => {
      const [one, two] = [await openBus(t, transport), await openBus(t, transport)];
      await transport.takeDown();
      await Promise.all(
        [one, two].map(({ log }) => log.until((all) => all.some((line) => /bus connection failed/.test(line)))),
      );
      for (let listId = 1; listId <= 1000; listId += 1) one.bus.send(moved(listId));
      await transport.bringUp();
      await Promise.all([one, two].map(({ reconnects }) => reconnects.until((all) => all.length === 2, 15_000)));
      one.bus.send(moved(2000));
      await two.received.until((all) => all.length > 0);
      assert.deepEqual(two.received.all, [moved(2000)]);
    });

    it('arrive after a start without a transport, as soon as there is one', async (t) => {
      await transport.takeDown();
      const opened = Promise.all([openBus(t, transport), openBus(t, transport)]);
      const [one, two] = await opened;
      for (const { bus, reconnects } of [one, two]) {
        bus.send(moved(1));
        assert.deepEqual(reconnects.all, []);
      }
      await transport.bringUp();
      await Promise.all([one, two].map(({ reconnects }) => reconnects.until((all) => all.length === 1, 15_000)));
      one.bus.send(moved(2));
      await two.received.until((all) => all.length > 0);
      assert.deepEqual(two.received.all, [moved(2)]);
    });

    it('are flushed by close(), which leaves no connection and works while disconnected', async (t) => {
      const [one, two] = [await openBus(t, transport), await openBus(t, transport)];
      for (let listId = 1; listId <= 500; listId += 1) one.bus.send(moved(listId));
      await one.bus.close();
      await two.received.until((all) => all.length === 500);
      one.bus.send(moved(1));
      await two.bus.close();
      await eventually(async () => (await transport.connections()) === 0, 'the connections to close');

      const late = await openBus(t, transport);
      await transport.takeDown();
      await late.log.until((all) => all.length > 0);
      await late.bus.close();
      await transport.bringUp();
      assert.equal(await transport.connections(), 0);
    });

    it('keep no process alive after close()', async () => {
      const script = `
        import { pino } from 'pino';
        import { startBus } from '${runnablePath('src/realtime/bus/index.ts')}';
        const bus = await startBus({ processId: '${randomUUID()}', ...${JSON.stringify(transport.options())}, listener: { onHint() {}, onReconnect() {} }, log: pino({ level: 'silent' }) });
        bus.send({ name: 'list_changed', listId: 1 });
        await bus.close();`;
      const child = runNode([...nodeFlags(), '--input-type=module', '-e', script], {});
      assert.deepEqual(await child.ended, { code: 0, signal: null }, child.err());
    });

    it('use a connection with heartbeats: a silent one is replaced', async (t) => {
      const one = await openBus(t, transport, undefined, { heartbeatMs: 20, echoMs: 300 });
      await transport.publish(JSON.stringify({ from: one.processId, heartbeat: -1 }));
      await one.reconnects.until((all) => all.length === 1);
      const release = await transport.suspend();
      await one.log.until((all) => all.some((line) => /bus connection failed/.test(line)), 10_000).finally(release);
      await one.reconnects.until((all) => all.length >= 2, 15_000);
    });
  });
}

if (hasRedis)
  describe('two installations on one Redis', () => {
    it('do not receive each other’s hints', async (t) => {
      const redis = await startRedis();
      t.after(() => redis.remove());
      const withSecret = (secret: string) => ({
        options: () => ({
          connection: { host: '127.0.0.1', port: 1, user: 'nobody', database: 'none' },
          redis: { url: redis.url, verify: true, secret },
        }),
      });
      const [one, two, other] = [
        await openBus(t, withSecret(SECRET)),
        await openBus(t, withSecret(SECRET)),
        await openBus(t, withSecret('another secret')),
      ];
      other.bus.send(moved(1));
      one.bus.send(moved(2));
      await two.received.until((all) => all.length > 0);
      assert.deepEqual(
        { one: one.received.all, two: two.received.all, other: other.received.all },
        { one: [], two: [moved(2)], other: [] },
      );
      assert.doesNotMatch(redis.cli('PUBSUB', 'CHANNELS'), /secret/);
    });
  });

describe('a pooler between the bus and PostgreSQL', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  it('in transaction mode is logged once, with the remedy', async (t) => {
    const pooler = await startPooler(database.connection, 'transaction');
    t.after(() => pooler.close());
    const bus = await openBus(t, { options: () => ({ connection: pooler.connection, redis: null }) }, undefined, {
      unsupportedPauseMs: 10,
    });
    await bus.log.until((all) => all.length > 0, 10_000);
    await eventually(() => pooler.connected > 4, 'another attempt');
    assert.equal(bus.log.all.length, 1);
    assert.match(bus.log.all[0] ?? '', /pooler.*direct address.*REDIS_URL/);
    assert.deepEqual(bus.reconnects.all, []);
  });

  it('in session mode carries hints as usual', async (t) => {
    const pooler = await startPooler(database.connection, 'session');
    t.after(() => pooler.close());
    const direct = { options: () => ({ connection: pooler.connection, redis: null }) };
    const [one, two] = [await openBus(t, direct), await openBus(t, direct)];
    await Promise.all([one, two].map(({ reconnects }) => reconnects.until((all) => all.length === 1)));
    one.bus.send(moved(1));
    await two.received.until((all) => all.length === 1);
  });
});
