/** The only file that starts things and stops them in order. */
import './config/check-node.ts';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import type { Sequelize } from 'sequelize';
import { createApp } from './app.ts';
import { urlOf } from './config/connection.ts';
import { keepEmbeddedPostgres, openDatabase } from './config/database.ts';
import { environment, readSettings, type Settings } from './config/env.ts';
import { migrateWhenReachable } from './config/migrations.ts';
import { isFatal, listenError, formatStartupError } from './config/startup-errors.ts';
import { workerCount } from './config/worker-count.ts';
import { startJobs, type Jobs } from './jobs/index.ts';
import { jobs } from './jobs/jobs.ts';
import { mailJobs } from './mail/worker.ts';
import { endStalled, freePort, listen, localUrl, stopListening, trackRequests } from './lib/http-server.ts';
import { createLogger, type Logger } from './lib/logger.ts';
import { setBcryptCost } from './lib/password.ts';
import { runProcess, type Stoppable } from './lib/run-process.ts';
import { connectToPrimary, type PrimaryChannel } from './lib/cluster-worker.ts';
import { startWorkers } from './lib/cluster-primary.ts';
import { defineModels } from './models/index.ts';
import { noneRegistered } from './models/user/queries.ts';
import { startRealtime, type Realtime } from './realtime/index.ts';

export interface Running {
  /** Local address. */
  url: string;
  port: number;
  sequelize: Sequelize;
  /** What the operator should know, complete when it is ready. */
  notices: string[];
  /**
   * Resolves when the database is migrated and requests are served; rejects with an error that retrying cannot solve.
   */
  ready: Promise<void>;
  close(): Promise<void>;
}

/** For requests in flight when the server stops. Platforms kill after 30 s. */
const DRAIN_TIMEOUT_MS = 20_000;
/** To receive a whole request: an import of 20 MB at 1.5 Mbit/s. Node has one limit for all routes. */
const REQUEST_TIMEOUT_MS = 120_000;
/** To receive a request's headers, against clients that send them slowly to hold connections. */
const HEADERS_TIMEOUT_MS = 20_000;
/** A client that has read nothing of its answer for this long is disconnected: no line is that slow. */
const UNREAD_MS = 60_000;
/** On stop, keep-alive connections are closed after this time without a request. */
const IDLE_GRACE_MS = 1_000;
/** After this a worker listens although the database is not ready, so that requests get a 503. */
const READY_TIMEOUT_MS = 5_000;

export interface StartOptions {
  log: Logger;
  /** One of several workers on the port: listens only when ready, at the latest after READY_TIMEOUT_MS. */
  joining?: boolean;
  /** IDLE_GRACE_MS by default. */
  idleGraceMs?: number;
}

/**
 * Opens the database and listens; requests get 503 until `ready`.
 * @throws StartupError or EmbeddedPostgresError, with messages for the operator
 */
export async function start(
  settings: Settings,
  { log, joining = false, idleGraceMs = IDLE_GRACE_MS }: StartOptions,
): Promise<Running> {
  setBcryptCost(settings.bcryptCost);
  const database = await openDatabase(settings, databaseLog(log), (sql) => {
    log.info({ from: 'sql' }, sql);
  });
  const { sequelize } = database;
  const notices = [...database.notices];
  defineModels(sequelize);
  const app = createApp({ settings, sequelize, log, ready: false });
  const http = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS, keepAliveTimeout: 65_000 },
    app,
  );
  endStalled(http, UNREAD_MS);
  const requests = trackRequests(http);
  const stopping = new AbortController();
  let realtime: Realtime | undefined;
  let runningJobs: Jobs | undefined;

  const prepare = async (): Promise<void> => {
    await migrateWhenReachable(database.connection, settings, log, stopping.signal);
    if (stopping.signal.aborted) return;
    realtime = await startRealtime({
      http,
      connection: database.connection,
      sequelize,
      settings,
      session: app.locals.session,
      log,
    });
    runningJobs = startJobs(log, [...jobs, ...mailJobs(settings, log)]);
    const notice = await setupNotice(settings);
    if (notice !== null) notices.push(notice);
    app.locals.ready = true;
  };
  let preparing = joining ? prepare() : undefined;

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stopping.abort();
    const ended = once(http, 'close');
    stopListening(http);
    await requests.drain(idleGraceMs, DRAIN_TIMEOUT_MS);
    await preparing?.catch(() => undefined);
    await runningJobs?.close();
    await realtime?.close();
    http.close();
    http.closeAllConnections();
    await ended;
    await database.close();
  };

  try {
    if (preparing) await Promise.race([preparing, after(READY_TIMEOUT_MS, undefined, { ref: false })]);
    await listen(http, settings.port, settings.host).catch((error: unknown) => {
      throw listenError(error as NodeJS.ErrnoException, settings.port, settings.host);
    });
  } catch (error) {
    await close();
    throw error;
  }
  preparing ??= prepare();
  // A caller that does not await `ready` must not crash by an unhandled rejection.
  preparing.catch(() => undefined);

  const { port } = http.address() as AddressInfo;
  log.info({ port }, 'listening');
  return {
    url: localUrl(settings, port),
    port,
    sequelize,
    notices,
    ready: preparing,
    close: () => (closed ??= close()),
  };
}

/** The primary of several workers: serves nothing itself, and runs the embedded database for all of them. */
async function startPrimary(settings: Settings, count: number, log: Logger): Promise<Served> {
  const embedded = settings.databaseUrl ? null : await keepEmbeddedPostgres(settings, databaseLog(log));
  // Fixed here, so that restarted workers use the same port.
  const port = settings.port || (await freePort(settings.host));
  const workers = startWorkers({
    file: import.meta.filename,
    count,
    env: { PORT: String(port), ...(embedded && { DATABASE_URL: urlOf(embedded.connection), DATABASE_SSL: 'off' }) },
    log,
  });
  const notices = embedded?.notices ?? [];
  return {
    url: localUrl(settings, port),
    notices,
    ready: workers.ready.then((ofWorker) => {
      for (const notice of ofWorker) notices.push(notice);
    }),
    lost: workers.lost,
    async close() {
      await workers.close();
      await embedded?.stop();
    },
  };
}

type Served = Stoppable & Pick<Running, 'url' | 'notices'>;

/** Until there is an account, whoever comes first becomes administrator. */
async function setupNotice({ setupToken, setupTokenMade }: Settings): Promise<string | null> {
  if (setupToken === null || !(await noneRegistered())) return null;
  return (
    'There is no account yet. The first one becomes administrator, and creating it takes the setup code ' +
    (setupTokenMade ? setupToken : 'that SETUP_TOKEN holds.')
  );
}

const databaseLog =
  (log: Logger) =>
  (line: string): void => {
    log[/\b(WARNING|ERROR|FATAL|PANIC):/.test(line) ? 'warn' : 'debug']({ from: 'database' }, line);
  };

/** @returns the exit status */
async function main(primary: PrimaryChannel | null): Promise<number> {
  const settings = readSettings(environment());
  const logger = createLogger(settings.logLevel);
  const log = primary ? logger.child({ pid: process.pid }) : logger;
  if (primary)
    return runProcess(
      () => start(settings, { log, joining: true }),
      ({ notices }) => {
        primary.ready(notices);
      },
      log,
      primary.stop,
    );

  if (!settings.rateLimits)
    log.warn('RATE_LIMITS=off: sign-in attempts are not limited. Use this for benchmarks only.');
  if (settings.production && !settings.publicUrl)
    log.warn(
      'PUBLIC_URL is not set: every Host header is taken for the address of this service' +
        `${settings.https ? '' : ', and cookies are not Secure'}. Set it to the address that people open, such as ` +
        'https://tasks.example.com.',
    );
  const { count, warning } = workerCount(settings);
  if (warning) log.warn(warning);
  return runProcess<Served>(
    () => (count > 1 ? startPrimary(settings, count, log) : start(settings, { log })),
    ({ url, notices }) => {
      console.log(`Taskwire is at ${settings.publicUrl?.href ?? `${url}/`}`);
      if (settings.localOnly)
        console.log('Only this machine can open it. Start it with HOST=0.0.0.0 to let others in.');
      for (const notice of notices) console.log(notice);
    },
    log,
  );
}

/** Errors that all workers meet are printed once, by the primary. */
async function reportStartupError(error: unknown, primary: PrimaryChannel | null): Promise<void> {
  if (primary && isFatal(error)) await primary.fail(error.message);
  else console.error(formatStartupError(error));
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  const primary = connectToPrimary();
  main(primary).then(
    (status) => process.exit(status),
    (error: unknown) => void reportStartupError(error, primary).then(() => process.exit(1)),
  );
}
