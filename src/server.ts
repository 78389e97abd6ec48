/** The only file that starts things, and that ends them in order. */
import { realpathSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sequelize } from 'sequelize';
import { createApp } from './app.ts';
import { openDatabase, type Database } from './config/database.ts';
import { environment, readSettings, type Settings } from './config/env.ts';
import { migrateDatabase } from './config/migrations.ts';
import { databaseFault, listeningFault, whyNotStarted } from './config/start-error.ts';
import { isUnreachable } from './lib/database-fault.ts';
import { createLogger, type Logger } from './lib/logger.ts';
import { followRequests } from './lib/requests-in-flight.ts';
import { runUntilSignal } from './lib/run-until-signal.ts';
import { defineModels } from './models/index.ts';
import { startRealtime, type Realtime } from './realtime/index.ts';

export interface Running {
  /** Where it listens on this machine. */
  url: string;
  port: number;
  sequelize: Sequelize;
  /** Resolves when the database is reached and migrated and pages are served; rejects with what prevents it for good. */
  ready: Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds: what is in flight when the server stops may take this long. A platform kills after 30 s. */
const LAST_REQUESTS_MS = 20_000;
const RETRY_MS = { first: 100, longest: 2_000 };

/**
 * Opens the database and listens; pages answer 503 until `ready`.
 * @throws StartError or EmbeddedPostgresError, whose messages are for the operator
 */
export async function start(settings: Settings, { log }: { log: Logger }): Promise<Running> {
  const database = await openDatabase(
    settings,
    (line) => { log[/\b(WARNING|ERROR|FATAL|PANIC):/.test(line) ? 'warn' : 'debug']({ from: 'database' }, line); },
    (sql) => { log.info({ from: 'sql' }, sql); },
  );
  defineModels(database.sequelize);
  let ready = false;
  const app = createApp({ settings, sequelize: database.sequelize, log, ready: () => ready });
  const http = createServer({ requestTimeout: 30_000, keepAliveTimeout: 65_000 }, app);
  const requests = followRequests(http);
  const stopping = new AbortController();
  let realtime: Realtime | undefined;

  try {
    await listen(http, settings);
  } catch (fault) {
    await database.close();
    throw fault;
  }

  const preparing = (async () => {
    await migrateWhenReachable(database, settings, log, stopping.signal);
    if (stopping.signal.aborted) return;
    realtime = await startRealtime({ http, sequelize: database.sequelize, settings, session: app.locals.session, log });
    ready = true;
  })();
  // Who does not wait for `ready` learns of a fault by `close` or not at all; it must not end the process by itself.
  preparing.catch(() => undefined);

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stopping.abort();
    const ended = new Promise((resolve) => http.close(resolve));
    await requests.ended(LAST_REQUESTS_MS);
    await preparing.catch(() => undefined);
    await realtime?.close();
    http.closeAllConnections();
    await ended;
    await database.close();
  };

  const { port } = http.address() as AddressInfo;
  log.info({ port }, 'listening');
  return {
    url: `http://${settings.host ?? 'localhost'}:${String(port)}`,
    port,
    sequelize: database.sequelize,
    ready: preparing,
    close: () => (closed ??= close()),
  };
}

async function listen(http: HttpServer, { port, host }: Settings): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', (fault: NodeJS.ErrnoException) => { reject(listeningFault(fault, port, host)); });
    http.listen({ port, ...(host && { host }) }, resolve);
  });
}

async function migrateWhenReachable({ connection }: Database, settings: Settings, log: Logger, signal: AbortSignal): Promise<void> {
  for (let pause = RETRY_MS.first; !signal.aborted; pause = Math.min(pause * 2, RETRY_MS.longest)) {
    try {
      const ran = await migrateDatabase(connection, settings);
      if (ran.length > 0) log.info({ migrations: ran }, 'migrated');
      return;
    } catch (fault) {
      if (!isUnreachable(fault)) throw databaseFault(fault);
      log.warn({ err: fault }, 'the database cannot be reached yet: trying again');
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function main(): Promise<void> {
  const settings = readSettings(environment());
  const log = createLogger(settings.logLevel);
  if (!settings.rateLimits) log.warn('RATE_LIMITS is off: anybody may guess passwords as fast as they can. This is for benchmarks only.');
  let running: Running | undefined;
  const status = await runUntilSignal(
    async () => (running = await start(settings, { log })),
    () => { console.log(`Taskwire is at ${settings.publicUrl?.href ?? `${running?.url ?? ''}/`}`); },
    log,
  );
  process.exit(status);
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  main().catch((fault: unknown) => {
    console.error(whyNotStarted(fault));
    process.exit(1);
  });
}
