import { setTimeout as after } from 'node:timers/promises';
import type { Connection } from '../../config/connection.ts';
import type { Logger } from '../../lib/logger.ts';
import { HintBus, type Bus, type BusListener, type BusTiming } from './bus.ts';
import { postgresTransport } from './postgres.ts';
import type { RedisOptions } from './redis.ts';

export type { Bus, BusTiming } from './bus.ts';

export interface BusParts {
  processId: string;
  /** For LISTEN and NOTIFY on a connection outside the pool, unless Redis is configured. */
  connection: Connection;
  /** Null: PostgreSQL carries the hints. */
  redis: RedisOptions | null;
  listener: BusListener;
  log: Logger;
  timing?: Partial<BusTiming>;
}

const defaultTiming: BusTiming = {
  heartbeatMs: 5000,
  echoMs: 5000,
  openMs: 10_000,
  minPauseMs: 100,
  maxPauseMs: 2000,
  unsupportedPauseMs: 60_000,
  startMs: 1000,
  closeMs: 1000,
};

/**
 * Starts the bus and waits briefly for its connection. If that fails it keeps trying, and nothing else waits for it.
 */
export async function startBus({ processId, connection, redis, listener, log, timing: own }: BusParts): Promise<Bus> {
  const timing = { ...defaultTiming, ...own };
  // Loaded lazily: the Redis client takes memory.
  const transport = redis ? (await import('./redis.ts')).redisTransport(redis) : postgresTransport(connection);
  const bus = new HintBus(transport, processId, listener, log, timing);
  await Promise.race([bus.firstAttempt, after(timing.startMs, undefined, { ref: false })]);
  return bus;
}
