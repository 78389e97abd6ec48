import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import pg from 'pg';
import { pino } from 'pino';
import { createClient } from 'redis';
import type { Connection } from '../../src/config/connection.ts';
import type { Hint } from '../../src/realtime/bus/message.ts';
import { startBus, type Bus, type BusTiming } from '../../src/realtime/bus/index.ts';
import { cluster } from './cluster.ts';
import { administer, createTestDatabase, type TestDatabase } from './database.ts';
import { recorder, type Recorder } from './recorder.ts';
import { startRedis, type TestRedis } from './redis.ts';

export interface TestBus {
  bus: Bus;
  processId: string;
  received: Recorder<Hint>;
  /** An entry for each (re)connect. */
  reconnects: Recorder<true>;
  log: Recorder<string>;
}

/** Controls what carries the hints: PostgreSQL or Redis. */
export interface BusTransport {
  name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  options(): { connection: Connection; redis: { url: string; verify: boolean; secret: string } | null };
  /** Records raw messages on the channel. @returns the recorder, and a function that stops it */
  listen(): Promise<[Recorder<string>, () => void]>;
  /** Sends a raw message to the channel. */
  publish(payload: string): Promise<void>;
  /** Number of connections held by buses. */
  connections(): Promise<number>;
  /** Closes the connections of all buses, which may reconnect immediately if the transport is up. */
  dropConnections(): Promise<void>;
  takeDown(): Promise<void>;
  bringUp(): Promise<void>;
  /** Stops responding without closing connections. @returns a function that resumes */
  suspend(): Promise<() => void>;
}

/** Starts a bus with its own process id, closed when the test ends. */
export async function openBus(
  t: TestContext,
  transport: Pick<BusTransport, 'options'>,
  listener?: () => void,
  timing: Partial<BusTiming> = {},
): Promise<TestBus> {
  const [received, reconnects, lines] = [recorder<Hint>(), recorder<true>(), recorder<string>()];
  const processId = randomUUID();
  const log = pino(
    { level: 'warn' },
    {
      write: (line: string) => {
        lines.add(line);
      },
    },
  );
  const bus = await startBus({
    processId,
    ...transport.options(),
    listener: {
      onHint: (hint) => {
        received.add(hint);
        listener?.();
      },
      onReconnect: () => {
        reconnects.add(true);
        listener?.();
      },
    },
    log,
    timing,
  });
  t.after(() => bus.close());
  return { bus, processId, received, reconnects, log: lines };
}

/** @param find the database to use; by default a new one */
export function postgresTransport(find: () => Promise<TestDatabase> = createTestDatabase): BusTransport {
  let database: TestDatabase;
  const query = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new pg.Client(await cluster());
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  };
  const backends = () =>
    query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND application_name = 'taskwire-bus'",
      [database.connection.database],
    );
  const allow = async (allowed: boolean): Promise<void> => {
    await administer(
      await cluster(),
      `ALTER DATABASE ${database.connection.database} ALLOW_CONNECTIONS ${String(allowed)}`,
    );
  };
  const dropConnections = async (): Promise<void> => {
    for (const { pid } of await backends()) await query('SELECT pg_terminate_backend($1)', [pid]);
  };
  return {
    name: 'PostgreSQL',
    start: async () => {
      database = await find();
    },
    stop: () => database.drop(),
    options: () => ({ connection: database.connection, redis: null }),
    async listen() {
      const raw = recorder<string>();
      const client = new pg.Client(database.connection);
      client.on('notification', ({ payload = '' }) => {
        raw.add(payload);
      });
      await client.connect();
      await client.query('LISTEN taskwire');
      return [raw, () => void client.end()];
    },
    publish: (payload) => administer(database.connection, `NOTIFY taskwire, '${payload}'`),
    connections: async () => (await backends()).length,
    dropConnections,
    async takeDown() {
      await allow(false);
      await dropConnections();
    },
    bringUp: () => allow(true),
    async suspend() {
      const pids = (await backends()).map(({ pid }) => pid);
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      return () => {
        for (const pid of pids) process.kill(pid, 'SIGCONT');
      };
    },
  };
}

/** @param secret the installation's session secret */
export function redisTransport(secret: string): BusTransport {
  let redis: TestRedis;
  const unreachable: Connection = { host: '127.0.0.1', port: 1, user: 'nobody', database: 'none' };
  const channel = (): string => redis.cli('PUBSUB', 'CHANNELS', 'taskwire:*');
  return {
    name: 'Redis',
    start: async () => {
      redis = await startRedis();
    },
    stop: () => redis.remove(),
    options: () => ({ connection: unreachable, redis: { url: redis.url, verify: true, secret } }),
    async listen() {
      const raw = recorder<string>();
      const client = await createClient({ url: redis.url })
        .on('error', () => undefined)
        .connect();
      await client.pSubscribe('taskwire:*', (payload) => {
        raw.add(payload);
      });
      return [
        raw,
        () => {
          client.destroy();
        },
      ];
    },
    publish: (payload) => {
      redis.cli('PUBLISH', channel(), payload);
      return Promise.resolve();
    },
    connections: () => Promise.resolve(redis.cli('CLIENT', 'LIST').split('name=taskwire-bus').length - 1),
    dropConnections: () => redis.kill(),
    takeDown: () => redis.kill(),
    bringUp: () => redis.start(),
    suspend: () => Promise.resolve(redis.suspend()),
  };
}
