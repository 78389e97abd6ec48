import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Binaries } from './binaries.ts';
import { SUPERUSER } from './cluster.ts';
import { EmbeddedPostgresError, errorCode, reasonIn, shortageIn } from './errors.ts';
import { isServerOf, type ServerUser } from './host.ts';
import { removeStaleLocks, serverLock } from './lock-file.ts';
import { launch, PORT, type RunningServer, type ServerSettings } from './server.ts';

/** Milliseconds; recovery after a power failure can take a while. */
const START_TIMEOUT_MS = 120_000;

/** Another process holds the data folder: it is starting, is stopping, or left a lock that the next attempt judges. */
const TAKEN = /lock file ".*" (already exists|is empty)|shared memory block .* is still in use|bogus data in lock file/;

export interface AcquireOptions {
  binaries: Binaries;
  settings: ServerSettings;
  user: ServerUser;
  database: string;
  log: (line: string) => void;
}

export interface Acquired {
  pid: number;
  socketFolder: string;
  /** Undefined if another process runs the server. */
  own: RunningServer | undefined;
}

/**
 * Joins the server running on the data folder or starts one; resolves when it accepts connections and has the database.
 * @throws {EmbeddedPostgresError} when the server exits or does not become ready in time
 */
export async function acquireServer(request: AcquireOptions): Promise<Acquired> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const acquired = await attempt(request, deadline);
    if (acquired) return acquired;
    await sleep(50);
  }
  throw startFailed(request.settings.dataDir, `it was not ready after ${START_TIMEOUT_MS / 1000} seconds`);
}

/** Resolves to undefined if another attempt is worthwhile. */
async function attempt(request: AcquireOptions, deadline: number): Promise<Acquired | undefined> {
  const { binaries, settings, user, database, log } = request;
  const { dataDir, socketFolder } = settings;
  const lock = await serverLock(dataDir);
  if (lock && isServerOf(lock.pid, dataDir)) {
    const joined = lock.status === 'ready' && (await ensureDatabase(lock.socketFolder, database));
    return joined ? { pid: lock.pid, socketFolder: lock.socketFolder, own: undefined } : undefined;
  }
  await removeStaleLocks(dataDir, socketFolder, log);
  const own = launch(binaries, settings, user, log);
  if (await waitUntilReady(own, request, deadline)) return { pid: own.pid ?? 0, socketFolder, own };
  if (Date.now() < deadline && !TAKEN.test(own.output())) throw startFailed(dataDir, own.output());
  return undefined;
}

/** Resolves to false if the server exits or time runs out. */
async function waitUntilReady(
  server: RunningServer,
  { settings, database }: AcquireOptions,
  deadline: number,
): Promise<boolean> {
  try {
    while (!server.ended() && Date.now() < deadline) {
      const lock = await serverLock(settings.dataDir);
      // Connecting earlier only fills the log.
      if (
        lock?.pid === server.pid &&
        lock?.status === 'ready' &&
        (await ensureDatabase(settings.socketFolder, database))
      )
        return true;
      await Promise.race([server.end, sleep(10)]);
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  await server.stop();
  return false;
}

function startFailed(dataDir: string, output: string): EmbeddedPostgresError {
  const remedy = shortageIn(output) ?? 'fix that, or set DATABASE_URL to a PostgreSQL server';
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL does not start in ${dataDir} (${reasonIn(output)}): ${remedy}.`,
    { cause: output },
  );
}

/** Any constant that all processes share. */
const CREATION_LOCK = 1_818_455_650;

/** The server is not up yet, is shutting down, or went away during the query. */
const UNAVAILABLE = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '08006'];

/**
 * Connects and creates the database if needed; an advisory lock keeps concurrent processes apart.
 * @returns false when the server is not available (yet, or any more)
 * @throws pg.DatabaseError when the server refuses
 */
async function ensureDatabase(socketFolder: string, database: string): Promise<boolean> {
  const client = new pg.Client({
    host: socketFolder,
    port: PORT,
    user: SUPERUSER,
    database: 'postgres',
    ssl: false, // ignores PGSSLMODE, which is meant for other servers
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined); // the pending query rejects as well
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [CREATION_LOCK]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
    return true;
  } catch (error) {
    if (UNAVAILABLE.includes(errorCode(error)) || /timeout|terminated/i.test(String(error))) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
