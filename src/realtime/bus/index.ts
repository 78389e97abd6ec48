import { setTimeout as after } from 'node:timers/promises';
import type { Connection } from '../../config/connection.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Hint } from './message.ts';
import { HintBus } from './bus.ts';
import { overPostgres } from './postgres.ts';
import type { RedisPlace } from './redis.ts';

/** Carries hints to the other processes. */
export interface Bus {
  /** Never waits and never throws. While cut off nothing is kept: `back` makes up for it. */
  send(hint: Hint): void;
  /** Sends what it has gathered and ends its connections. */
  close(): Promise<void>;
}

export interface BusListener {
  /** A hint of another process. */
  hear(hint: Hint): void;
  /** The bus carries, for the first time or again: hints were missed. */
  back(): void;
}

/** Milliseconds. */
export interface BusTiming {
  /** From one proof that the line carries to the next, and how long each may take. */
  beatMs: number;
  echoMs: number;
  openMs: number;
  firstPauseMs: number;
  longestPauseMs: number;
  unfitPauseMs: number;
  /** How long the start waits for the bus, and the end for what was gathered. */
  startMs: number;
  closeMs: number;
}

export interface BusParts {
  processId: string;
  /** PostgreSQL carries the hints, on one connection beside the pool, */
  connection: Connection;
  /** unless there is a Redis. */
  redis: RedisPlace | null;
  listener: BusListener;
  log: Logger;
  timing?: Partial<BusTiming>;
}

const usual: BusTiming = {
  beatMs: 5000,
  echoMs: 5000,
  openMs: 10_000,
  firstPauseMs: 100,
  longestPauseMs: 2000,
  unfitPauseMs: 60_000,
  startMs: 1000,
  closeMs: 1000,
};

/** Starts the bus and waits for it a moment. Where it cannot connect it goes on trying, and nothing else waits. */
export async function startBus({ processId, connection, redis, listener, log, timing: own }: BusParts): Promise<Bus> {
  const timing = { ...usual, ...own };
  // Its client takes memory that nobody without a Redis has to pay.
  const carrier = redis ? (await import('./redis.ts')).overRedis(redis) : overPostgres(connection);
  const bus = new HintBus(carrier, processId, listener, log, timing);
  await Promise.race([bus.firstTry, after(timing.startMs, undefined, { ref: false })]);
  return bus;
}
