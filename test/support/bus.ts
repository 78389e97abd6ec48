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

export interface Listening {
  bus: Bus;
  processId: string;
  heard: Recorder<Hint>;
  /** An entry for each time that the bus was back. */
  backs: Recorder<true>;
  log: Recorder<string>;
}

/** What carries the hints, seen from outside. */
export interface Way {
  name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  place(): { connection: Connection; redis: { url: string; verify: boolean; secret: string } | null };
  /** What goes over the channel, raw. @returns it, and what ends the listening */
  listen(): Promise<[Recorder<string>, () => void]>;
  say(payload: string): Promise<void>;
  /** Connections of buses. */
  connections(): Promise<number>;
  /** Cuts the connections of all buses; where they can be opened again at once, they will. */
  snap(): Promise<void>;
  /** Takes the way away, and brings it back. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Lets it fall silent, without a word. @returns what lets it go on */
  hush(): Promise<() => void>;
}

/** A bus of a process of its own, closed with the test. */
export async function openBus(
  t: TestContext,
  way: Pick<Way, 'place'>,
  listener?: () => void,
  timing: Partial<BusTiming> = {},
): Promise<Listening> {
  const [heard, backs, lines] = [recorder<Hint>(), recorder<true>(), recorder<string>()];
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
    ...way.place(),
    listener: {
      onHint: (hint) => {
        heard.add(hint);
        listener?.();
      },
      onReconnect: () => {
        backs.add(true);
        listener?.();
      },
    },
    log,
    timing,
  });
  t.after(() => bus.close());
  return { bus, processId, heard, backs, log: lines };
}

/** @param find the database whose channel it is; otherwise one of its own */
export function postgresWay(find: () => Promise<TestDatabase> = createTestDatabase): Way {
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
  const snap = async (): Promise<void> => {
    for (const { pid } of await backends()) await query('SELECT pg_terminate_backend($1)', [pid]);
  };
  return {
    name: 'PostgreSQL',
    start: async () => {
      database = await find();
    },
    stop: () => database.drop(),
    place: () => ({ connection: database.connection, redis: null }),
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
    say: (payload) => administer(database.connection, `NOTIFY taskwire, '${payload}'`),
    connections: async () => (await backends()).length,
    snap,
    async cut() {
      await allow(false);
      await snap();
    },
    mend: () => allow(true),
    async hush() {
      const pids = (await backends()).map(({ pid }) => pid);
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      return () => {
        for (const pid of pids) process.kill(pid, 'SIGCONT');
      };
    },
  };
}

/** @param secret that of the installation */
export function redisWay(secret: string): Way {
  let redis: TestRedis;
  const nowhere: Connection = { host: '127.0.0.1', port: 1, user: 'nobody', database: 'none' };
  const channel = (): string => redis.cli('PUBSUB', 'CHANNELS', 'taskwire:*');
  return {
    name: 'Redis',
    start: async () => {
      redis = await startRedis();
    },
    stop: () => redis.remove(),
    place: () => ({ connection: nowhere, redis: { url: redis.url, verify: true, secret } }),
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
    say: (payload) => {
      redis.cli('PUBLISH', channel(), payload);
      return Promise.resolve();
    },
    connections: () => Promise.resolve(redis.cli('CLIENT', 'LIST').split('name=taskwire-bus').length - 1),
    snap: () => redis.kill(),
    cut: () => redis.kill(),
    mend: () => redis.start(),
    hush: () => Promise.resolve(redis.hush()),
  };
}
